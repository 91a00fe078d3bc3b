/** The rows themselves: only those in view exist, j and k walk them, and none moves under the pointer. */
import { useHotkeys, useMediaQuery } from '@mantine/hooks'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'

import type { Application } from '@/shared/api/types'
import { ApplicationRow } from './application-row'
import classes from './application-table.module.css'
import { idOf, type SortKey } from './filters'
import { useOrdered } from './use-ordered'

interface Props {
  apps: Application[]
  sort: SortKey
  sortBy: (sort: SortKey) => void
  open: (app: Application) => void
  sync: (app: Application) => void
  refresh: (app: Application) => void
}

const columns: { title: string; sort?: SortKey }[] = [
  { title: 'State', sort: 'trouble' },
  { title: 'Name', sort: 'name' },
  { title: 'Project', sort: 'project' },
  { title: 'Destination', sort: 'destination' },
  { title: 'Revision' },
  { title: 'Now' },
  { title: 'Age', sort: 'change' },
]

export function ApplicationTable({ apps, sort, sortBy, open, sync, refresh }: Props) {
  const [held, setHeld] = useState(false)
  const rows = useOrdered(apps, held)
  const { body, virtualizer } = useRows(rows)
  const current = useCurrent(rows, (index) => virtualizer.scrollToIndex(index))
  const act = (what: (app: Application) => void) => () => {
    if (current.row !== undefined) what(current.row)
  }
  useHotkeys([
    ['j', () => current.move(1)],
    ['k', () => current.move(-1)],
    ['Enter', act(open)],
    ['s', act(sync)],
    ['r', act(refresh)],
  ])
  return (
    <div
      role="table"
      aria-label="Applications"
      aria-rowcount={rows.length + 1}
      className={classes['table']}
      onPointerEnter={(event) => setHeld(event.pointerType === 'mouse')}
      onPointerLeave={() => setHeld(false)}
    >
      <Head sort={sort} sortBy={sortBy} />
      <div role="rowgroup" ref={body} className={classes['body']} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start, size }) => {
          const app = rows[index]
          if (app === undefined) return null
          const place = { index, top: start - virtualizer.options.scrollMargin, height: size }
          return <ApplicationRow key={idOf(app)} app={app} place={place} current={current.row === app} />
        })}
      </div>
    </div>
  )
}

function useRows(rows: Application[]) {
  const narrow = useMediaQuery('(max-width: 767px)')
  const body = useRef<HTMLDivElement>(null)
  const [margin, setMargin] = useState(0)
  useEffect(() => setMargin(body.current?.offsetTop ?? 0), [])
  const height = narrow ? 84 : 44
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: margin,
  })
  useEffect(() => virtualizer.measure(), [virtualizer, height])
  return { body, virtualizer }
}

/** The row that the keyboard is on. It is remembered by name, since rows move. */
function useCurrent(rows: Application[], show: (index: number) => void) {
  const [id, setId] = useState<string>()
  const at = id === undefined ? -1 : rows.findIndex((app) => idOf(app) === id)
  const move = (step: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, at + step))
    const app = rows[next]
    if (app === undefined) return
    setId(idOf(app))
    show(next)
  }
  return { row: rows[at], move }
}

function Head({ sort, sortBy }: { sort: SortKey; sortBy: (sort: SortKey) => void }) {
  return (
    <div role="rowgroup" className={classes['head']}>
      <div role="row" className={classes['row']} aria-rowindex={1}>
        {columns.map((column) => (
          <div role="columnheader" key={column.title} aria-sort={column.sort === sort ? 'ascending' : 'none'}>
            <Title column={column} sort={sort} sortBy={sortBy} />
          </div>
        ))}
      </div>
    </div>
  )
}

const hints: Partial<Record<SortKey, string>> = { trouble: 'Wrong things first', change: 'Newest change first' }

function Title({
  column,
  sort,
  sortBy,
}: {
  column: (typeof columns)[number]
  sort: SortKey
  sortBy: (sort: SortKey) => void
}) {
  const key = column.sort
  if (key === undefined) return column.title
  return (
    <button
      type="button"
      data-sorted={key === sort}
      onClick={() => sortBy(key)}
      title={hints[key] ?? `Sort by ${column.title.toLowerCase()}`}
    >
      {column.title}
    </button>
  )
}
