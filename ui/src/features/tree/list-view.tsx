/** The same objects as a list: each below its owner, troubled families first. Read by keyboard, screen reader and phone. */
import { useHotkeys } from '@mantine/hooks'
import { useMemo, useRef, type CSSProperties } from 'react'

import type { Application, ResourceTree } from '@/shared/api/types'
import { kindOf } from '@/shared/model/resource-key'
import { Age } from '@/shared/ui/age'
import { HealthMark, SyncMark } from '@/shared/ui/marks'
import { EmptyNote } from '@/shared/ui/notes'
import { graphOf, rowsOf, type Row } from './graph'
import classes from './list-view.module.css'

interface Props {
  app: Application
  tree: ResourceTree
  selected: string | undefined
  open: (id: string) => void
}

export function ListView({ app, tree, selected, open }: Props) {
  const rows = useMemo(() => rowsOf(graphOf(app, tree)), [app, tree])
  const table = useRef<HTMLDivElement>(null)
  useHotkeys([
    ['j', () => moveFocus(table.current, 1)],
    ['k', () => moveFocus(table.current, -1)],
  ])
  if (rows.length === 0)
    return (
      <EmptyNote title="No objects">
        <p className="dim">Nothing is rendered from this source, and nothing of it runs.</p>
      </EmptyNote>
    )
  return (
    <div ref={table} role="table" aria-label="Objects" aria-rowcount={rows.length + 1} className={classes['table']}>
      <div role="row" className={classes['head']}>
        {['Object', 'Kind', 'Namespace', 'Health', 'Sync', 'Age'].map((title) => (
          <div role="columnheader" key={title}>
            {title}
          </div>
        ))}
      </div>
      {rows.map((row) => (
        <ObjectRow key={row.node.id} row={row} selected={row.node.id === selected} open={open} />
      ))}
    </div>
  )
}

function moveFocus(table: HTMLElement | null, step: number): void {
  const buttons = [...(table?.querySelectorAll('button') ?? [])]
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
  buttons[Math.min(buttons.length - 1, Math.max(0, at + step))]?.focus()
}

function ObjectRow({
  row: { node, depth },
  selected,
  open,
}: {
  row: Row
  selected: boolean
  open: (id: string) => void
}) {
  const { resource, health, sync, live, status } = node
  return (
    <div role="row" className={classes['row']} data-selected={selected} style={{ '--depth': depth } as CSSProperties}>
      <div role="cell" className={classes['name']}>
        <button type="button" onClick={() => open(node.id)}>
          {resource.name}
        </button>
      </div>
      <div role="cell" className={classes['kind']}>
        {kindOf(resource)}
      </div>
      <div role="cell" className={classes['namespace']}>
        {resource.namespace ?? ''}
      </div>
      <div role="cell" className={classes['health']}>
        <HealthMark status={health?.status} />
        {health?.message === undefined || health.status === 'Healthy' ? null : (
          <span className="dim" title={health.message}>
            {health.message}
          </span>
        )}
      </div>
      <div role="cell" className={classes['sync']}>
        <SyncMark status={sync} />
        {status?.requiresPruning === true ? <span className="dim">not in Git</span> : null}
      </div>
      <div role="cell" className={classes['age']}>
        {live?.createdAt === undefined ? null : <Age time={live.createdAt} />}
      </div>
    </div>
  )
}
