import { Button, Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'

import { managedResourcesQuery } from '@/shared/api/queries'
import { applicationNameOf } from '@/shared/api/requests'
import type { Application } from '@/shared/api/types'
import { kindOf } from '@/shared/model/resource-key'
import { WaitNote } from '@/shared/ui/notes'
import type { Draft, Item } from './plan'
import classes from './sync.module.css'

const ObjectDifference = lazy(() => import('@/shared/ui/object-difference'))

interface Props {
  app: Application
  items: Item[]
  draft: Draft
  change: (draft: Draft) => void
}

/** Which objects take part: all, unless somebody unticks some. What would change comes first, its difference one click away. */
export function ObjectChoice({ app, items, draft, change }: Props) {
  const leave = (keys: Iterable<string>) => change({ ...draft, left: new Set(keys) })
  const toggle = (key: string) =>
    leave(draft.left.has(key) ? [...draft.left].filter((other) => other !== key) : [...draft.left, key])
  return (
    <fieldset className={classes['objects']}>
      <legend>Objects</legend>
      <div className={classes['all']}>
        <Button variant="subtle" size="compact-sm" onClick={() => leave([])}>
          All
        </Button>
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() => leave(items.filter((item) => item.change === undefined).map(({ key }) => key))}
        >
          Only out of sync
        </Button>
        <Button variant="subtle" size="compact-sm" onClick={() => leave(items.map(({ key }) => key))}>
          None
        </Button>
      </div>
      {items.length === 0 ? <p className="dim">It is not known yet what belongs to this application.</p> : null}
      {items.map((item) => (
        <ObjectLine
          key={item.key}
          app={app}
          item={item}
          pruning={draft.prune}
          ticked={!draft.left.has(item.key)}
          toggle={() => toggle(item.key)}
        />
      ))}
    </fieldset>
  )
}

interface LineProps {
  app: Application
  item: Item
  pruning: boolean
  ticked: boolean
  toggle: () => void
}

function ObjectLine({ app, item, pruning, ticked, toggle }: LineProps) {
  const [unfolded, setUnfolded] = useState(false)
  const { kind, group, name, namespace } = item.resource
  const words = { create: 'create', change: 'change', prune: pruning ? 'delete' : 'not in Git' }
  return (
    <div className={classes['object']}>
      <div className={classes['line']}>
        <Checkbox
          checked={ticked}
          onChange={toggle}
          label={
            <>
              <span className="dim">{kindOf({ kind, ...(group === undefined ? {} : { group }) })}</span> {name}
            </>
          }
          title={namespace}
        />
        {item.change === undefined ? (
          <span className="dim">Synced</span>
        ) : (
          <button
            type="button"
            className={classes['change']}
            data-change={item.change === 'prune' && !pruning ? 'kept' : item.change}
            aria-expanded={unfolded}
            onClick={() => setUnfolded(!unfolded)}
          >
            {words[item.change]}
          </button>
        )}
      </div>
      {unfolded ? (
        <Suspense fallback={<WaitNote>Loading the difference…</WaitNote>}>
          <LineDifference app={app} id={item.key} />
        </Suspense>
      ) : null}
    </div>
  )
}

function LineDifference({ app, id }: { app: Application; id: string }) {
  const { data } = useQuery(managedResourcesQuery(applicationNameOf(app)))
  return data === undefined ? (
    <WaitNote>Reading both sides…</WaitNote>
  ) : (
    <ObjectDifference resources={data} id={id} shape="unified" />
  )
}
