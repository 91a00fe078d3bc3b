/** The object in hand: what it is and how it does, what differs, what runs, what Git wants. */
import { Drawer, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState, type ReactNode } from 'react'

import { managedResourcesQuery, resourceQuery } from '@/shared/api/queries'
import { applicationNameOf } from '@/shared/api/requests'
import type {
  Application,
  ManagedResource,
  ResourceNode,
  ResourceReference,
  ResourceStatus,
  ResourceTree,
} from '@/shared/api/types'
import { keyOf, kindOf } from '@/shared/model/resource-key'
import { livingIn } from '@/shared/model/resource-tree'
import { HealthMark, SyncMark } from '@/shared/ui/marks'
import { ErrorNote, WaitNote } from '@/shared/ui/notes'
import { Compared } from './compared'
import classes from './resource-drawer.module.css'
import { Summary } from './summary'

const Manifest = lazy(() => import('./manifest'))

interface Props {
  app: Application
  tree: ResourceTree
  /** The object's key; absent: closed. */
  id: string | undefined
  tab: string | undefined
  show: (tab: string) => void
  close: () => void
  /** What can be done to the live object. */
  acts: (node: ResourceNode) => ReactNode
}

export function ResourceDrawer({ app, tree, id, tab, show, close, acts }: Props) {
  // While the drawer slides away it still shows what it held.
  const [held, hold] = useState(id)
  if (id !== undefined && id !== held) hold(id)
  const status = app.status?.resources?.find((resource) => keyOf(resource) === held)
  const node = livingIn(tree).find((resource) => keyOf(resource) === held)
  const resource = node ?? status
  return (
    <Drawer
      opened={id !== undefined}
      onClose={close}
      size="min(1120px, 100%)"
      title={resource === undefined ? 'Not found' : <Title resource={resource} node={node} status={status} />}
    >
      {held === undefined || resource === undefined ? (
        <p>This object is not in the application any more.</p>
      ) : (
        <>
          {node === undefined ? null : acts(node)}
          <Inside app={app} id={held} resource={resource} node={node} status={status} tab={tab} show={show} />
        </>
      )}
    </Drawer>
  )
}

interface Held {
  resource: ResourceReference
  node: ResourceNode | undefined
  status: ResourceStatus | undefined
}

function Title({ resource, node, status }: Held) {
  return (
    <div className={classes['title']}>
      <span className="dim">{kindOf(resource)}</span> <strong>{resource.name}</strong>
      <span className={classes['marks']}>
        <HealthMark status={node?.health?.status ?? status?.health?.status} />
        <SyncMark status={status?.status} />
      </span>
    </div>
  )
}

interface InsideProps extends Held {
  app: Application
  id: string
  tab: string | undefined
  show: (tab: string) => void
}

function Inside({ app, id, resource, node, status, tab, show }: InsideProps) {
  const shown = tab ?? (status?.status === 'OutOfSync' ? 'difference' : 'summary')
  const tabs = [
    'summary',
    ...(status === undefined ? [] : ['difference']),
    ...(node === undefined ? [] : ['live']),
    ...(status === undefined ? [] : ['desired']),
  ]
  return (
    <Tabs value={shown} onChange={(value) => show(value ?? 'summary')} keepMounted={false}>
      <Tabs.List className={classes['tabs'] ?? ''}>
        {tabs.map((name) => (
          <Tabs.Tab key={name} value={name}>{`${name.charAt(0).toUpperCase()}${name.slice(1)}`}</Tabs.Tab>
        ))}
      </Tabs.List>
      <Suspense fallback={<WaitNote>Loading…</WaitNote>}>
        <Tabs.Panel value="summary">
          <Summary app={app} resource={resource} node={node} status={status} />
        </Tabs.Panel>
        <Tabs.Panel value="difference">
          <Managed app={app} show={(all) => <Compared app={app} resources={all} id={id} />} />
        </Tabs.Panel>
        <Tabs.Panel value="live">
          <Live app={app} resource={resource} version={node?.resourceVersion ?? ''} />
        </Tabs.Panel>
        <Tabs.Panel value="desired">
          <Managed
            app={app}
            show={(all) => (
              <Manifest json={all.find((one) => keyOf(one) === id)?.targetState ?? ''} what="the desired manifest" />
            )}
          />
        </Tabs.Panel>
      </Suspense>
    </Tabs>
  )
}

/** What both sides of each managed object are, once it is here. */
function Managed({ app, show }: { app: Application; show: (resources: ManagedResource[]) => ReactNode }) {
  const { data, error, refetch } = useQuery(managedResourcesQuery(applicationNameOf(app)))
  if (data !== undefined) return show(data)
  return error === null ? (
    <WaitNote>Reading both sides…</WaitNote>
  ) : (
    <ErrorNote doing="Reading both sides" error={error} again={() => void refetch()} />
  )
}

function Live({ app, resource, version }: { app: Application; resource: ResourceReference; version: string }) {
  const { data, error, refetch } = useQuery({
    ...resourceQuery(applicationNameOf(app), resource, version),
    placeholderData: (before) => before,
  })
  return error === null ? (
    <Manifest json={data} what="the live manifest" />
  ) : (
    <ErrorNote doing="Reading the live manifest" error={error} again={() => void refetch()} />
  )
}
