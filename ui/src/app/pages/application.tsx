/** What exactly, and why? One application: its head, its views, and the drawers that open over them. */
import { Tabs } from '@mantine/core'
import { useHotkeys, useMediaQuery } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'

import { Actions } from '@/features/actions/actions'
import { DeleteDialog } from '@/features/deletion/delete-dialog'
import { EventsView } from '@/features/history/events-view'
import { ExplanationView } from '@/features/explanation/explanation-view'
import { HistoryView } from '@/features/history/history-view'
import { Overview } from '@/features/overview/overview'
import { RenderingView } from '@/features/rendering/rendering-view'
import { ResourceDrawer } from '@/features/resource/resource-drawer'
import { NoOperation, OperationView } from '@/features/sync/operation-view'
import { SyncDrawer } from '@/features/sync/sync-drawer'
import { ListView } from '@/features/tree/list-view'
import { ApiError } from '@/shared/api/client'
import { applicationQuery, applicationsQuery, treeQuery } from '@/shared/api/queries'
import {
  readApplication,
  readExplanation,
  readManagedResources,
  refreshApplication,
  terminateOperation,
  type ApplicationName,
} from '@/shared/api/requests'
import { useTreeStream } from '@/shared/api/streams'
import type { Application, ResourceTree } from '@/shared/api/types'
import { changeOf } from '@/shared/model/application'
import { diffCommand, explainCommand, getCommand, refreshCommand, terminateCommand } from '@/shared/model/commands'
import { keyOf } from '@/shared/model/resource-key'
import { AsCommand, type Act } from '@/shared/ui/as-command'
import { EmptyNote, ErrorNote, WaitNote } from '@/shared/ui/notes'
import type { ApplicationSearch } from '../addresses'
import classes from './application.module.css'

const TreeView = lazy(() => import('@/features/tree/tree-view'))
const route = getRouteApi('/signed-in/applications/$namespace/$name')

export function ApplicationPage() {
  const name = route.useParams()
  const client = useQueryClient()
  const {
    data: app,
    error,
    refetch,
  } = useQuery({
    ...applicationQuery(name),
    // The list has it already, so that the page opens at once.
    placeholderData: () =>
      client
        .getQueryData(applicationsQuery.queryKey)
        ?.items.find(({ metadata }) => metadata.name === name.name && metadata.namespace === name.namespace),
  })
  if (error instanceof ApiError && [403, 404].includes(error.status)) return <Gone name={name} />
  if (app === undefined && error !== null)
    return (
      <div className={classes['page']}>
        <ErrorNote doing={`Reading ${name.name}`} error={error} again={() => void refetch()} />
      </div>
    )
  if (app === undefined) return <WaitNote>Reading {name.name}…</WaitNote>
  return <Opened key={`${name.namespace}/${name.name}`} name={name} app={app} />
}

function Gone({ name }: { name: ApplicationName }) {
  return (
    <EmptyNote of="page" title={`There is no application ${name.name} here`}>
      <p className="dim">It was deleted, it never was in the namespace {name.namespace}, or you may not see it.</p>
      <Link to="/applications">To all applications</Link>
    </EmptyNote>
  )
}

function Opened({ name, app }: { name: ApplicationName; app: Application }) {
  useTreeStream(name)
  const tree = useQuery(treeQuery(name))
  const search = route.useSearch()
  const { go, openNode } = useMoves()
  useKeys(app)
  return (
    <div className={classes['page']}>
      <nav aria-label="Where you are" className={classes['crumbs']}>
        <Link to="/applications">Applications</Link>
      </nav>
      <Overview app={app} sync={() => go({ panel: 'sync' })} remove={() => go({ panel: 'delete' })} />
      {tree.error === null ? null : (
        <ErrorNote doing="Reading the resource tree" error={tree.error} again={() => void tree.refetch()} />
      )}
      <Views app={app} tree={tree.data ?? (tree.error === null ? undefined : {})} openNode={openNode} />
      <AsCommand acts={actsOf(name)} />
      <ResourceDrawer
        app={app}
        tree={tree.data ?? {}}
        id={search.node}
        tab={search.tab}
        show={(tab) => go({ tab })}
        close={() => go({ node: undefined, tab: undefined })}
        acts={(node) => <Actions key={keyOf(node)} app={app} node={node} />}
      />
      <SyncDrawer app={app} opened={search.panel === 'sync'} close={() => go({ panel: undefined })} />
      <DeleteDialog app={app} opened={search.panel === 'delete'} close={() => go({ panel: undefined })} />
    </div>
  )
}

const actsOf = (name: ApplicationName): Act[] => [
  { name: 'Show', cli: getCommand(name), request: readApplication(name) },
  { name: 'Difference', cli: diffCommand(name), request: readManagedResources(name) },
  { name: 'Why', cli: explainCommand(name), request: readExplanation(name) },
  { name: 'Refresh', cli: refreshCommand(name, false), request: refreshApplication(name, 'normal') },
  { name: 'Terminate a sync', cli: terminateCommand(name), request: terminateOperation(name) },
]

type Move = { [Name in keyof ApplicationSearch]: ApplicationSearch[Name] | undefined }

/** Moves within the page: only what is named changes in the address. */
function useMoves() {
  const navigate = route.useNavigate()
  const go = (move: Move) =>
    void navigate({ search: (before) => ({ ...before, ...move }) as ApplicationSearch, resetScroll: false })
  return { go, openNode: (node: string) => go({ node, tab: undefined }) }
}

function useKeys(app: Application) {
  const { go } = useMoves()
  const showDifference = () => {
    const first = app.status?.resources?.find((resource) => changeOf(resource) !== undefined)
    if (first !== undefined) go({ node: keyOf(first), tab: 'difference' })
  }
  useHotkeys([
    ['s', () => go({ panel: 'sync' })],
    ['d', showDifference],
    ['w', () => go({ view: 'why' })],
  ])
}

/** On a phone the last tab is out of sight: who comes by its address should see where they are. */
const intoView = (tab: HTMLElement | null) => tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' })

interface ViewsProps {
  app: Application
  tree: ResourceTree | undefined
  openNode: (id: string) => void
}

function Views({ app, tree, openNode }: ViewsProps) {
  const wide = useMediaQuery('(min-width: 768px)', undefined, { getInitialValueInEffect: false })
  const { view, node } = route.useSearch()
  const { go } = useMoves()
  const shown = view ?? (wide ? 'tree' : 'list')
  const operation = app.status?.operationState
  return (
    <Tabs value={shown} onChange={(value) => go({ view: value as ApplicationSearch['view'] })} keepMounted={false}>
      <Tabs.List className={classes['tabs'] ?? ''}>
        <Tabs.Tab value="tree">Tree</Tabs.Tab>
        <Tabs.Tab value="list">List</Tabs.Tab>
        <Tabs.Tab value="why">Why?</Tabs.Tab>
        <Tabs.Tab value="operation">Last sync</Tabs.Tab>
        <Tabs.Tab value="history">History</Tabs.Tab>
        <Tabs.Tab value="events">Events</Tabs.Tab>
        <Tabs.Tab value="rendering" ref={shown === 'rendering' ? intoView : undefined}>
          Rendering
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="tree">
        {tree === undefined ? (
          <WaitNote>Reading the resource tree…</WaitNote>
        ) : (
          <Suspense fallback={<WaitNote>Loading the tree…</WaitNote>}>
            <TreeView app={app} tree={tree} selected={node} open={openNode} />
          </Suspense>
        )}
      </Tabs.Panel>
      <Tabs.Panel value="list">
        {tree === undefined ? (
          <WaitNote>Reading the objects…</WaitNote>
        ) : (
          <ListView app={app} tree={tree} selected={node} open={openNode} />
        )}
      </Tabs.Panel>
      <Tabs.Panel value="why">
        <ExplanationView app={app} open={(id) => go({ node: id, tab: 'difference' })} />
      </Tabs.Panel>
      <Tabs.Panel value="operation">
        {operation === undefined ? (
          <NoOperation />
        ) : (
          <div className={classes['sheet']}>
            <OperationView state={operation} />
          </div>
        )}
      </Tabs.Panel>
      <Tabs.Panel value="history">
        <HistoryView app={app} />
      </Tabs.Panel>
      <Tabs.Panel value="events">
        <EventsView app={app} />
      </Tabs.Panel>
      <Tabs.Panel value="rendering">
        <RenderingView app={app} />
      </Tabs.Panel>
    </Tabs>
  )
}
