/** Pushes what the server streams into the query cache, so that every part of the page that reads it moves by itself. */
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { applicationQuery, applicationsQuery, explanationKey, managedResourcesQuery, treeQuery } from './queries'
import { applicationNameOf, applicationsStream, treeStream, type ApplicationName } from './requests'
import { keepStreaming, type Connection } from './stream'
import { changed } from '../model/resource-tree'
import type { Application, ApplicationEvent, ResourceTree, TreeChanges } from './types'

/** Events that arrive within this many milliseconds are shown together: one render, not one for each. */
const breath = 80

interface Listed {
  resourceVersion: string
  items: Application[]
}

/** The list after some events, in the list's order, new ones at the end; the last word on each application wins. */
export function applyEvents(list: Listed, events: ApplicationEvent[]): Listed {
  const idOf = (application: Application) => `${application.metadata.namespace ?? ''}/${application.metadata.name}`
  const byId = new Map(list.items.map((application) => [idOf(application), application]))
  for (const { type, application } of events) {
    if (type === 'DELETED') byId.delete(idOf(application))
    else byId.set(idOf(application), application)
  }
  return { ...list, items: [...byId.values()] }
}

/** Keep the list of applications, and each application that was opened, up to date while mounted. */
export function useApplicationsStream(): Connection {
  const client = useQueryClient()
  const [connection, setConnection] = useState<Connection>({ state: 'connecting' })
  useEffect(() => {
    let waiting: ApplicationEvent[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    const flush = () => {
      timer = undefined
      const events = waiting
      waiting = []
      client.setQueryData<Listed>(applicationsQuery.queryKey, (list) => list && applyEvents(list, events))
      for (const event of events) tellApplication(client, event)
    }
    const stop = keepStreaming({
      open: () => readListAfresh(client),
      receive: (result) => {
        waiting.push(result as ApplicationEvent)
        timer ??= setTimeout(flush, breath)
      },
      report: setConnection,
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [client])
  return connection
}

async function readListAfresh(client: QueryClient): Promise<string> {
  const list = await client.query({ ...applicationsQuery, staleTime: 0 })
  await client.invalidateQueries({ queryKey: ['application'] })
  return applicationsStream(list.resourceVersion)
}

function tellApplication(client: QueryClient, { type, application }: ApplicationEvent): void {
  const name = applicationNameOf(application)
  const key = applicationQuery(name).queryKey
  if (type === 'DELETED') {
    client.removeQueries({ queryKey: key, exact: true, type: 'inactive' })
    void client.invalidateQueries({ queryKey: key, exact: true })
    return
  }
  if (client.getQueryData(key) !== undefined) client.setQueryData(key, application)
  void client.invalidateQueries({ queryKey: managedResourcesQuery(name).queryKey })
}

/** Keep one application's resource tree up to date while mounted. */
export function useTreeStream(app: ApplicationName): Connection {
  const client = useQueryClient()
  const [connection, setConnection] = useState<Connection>({ state: 'connecting' })
  const { namespace, name } = app
  useEffect(() => {
    const query = treeQuery({ namespace, name })
    return keepStreaming({
      open: async () => {
        await client.query({ ...query, staleTime: 0 })
        return treeStream({ namespace, name })
      },
      receive: (result) => {
        client.setQueryData<ResourceTree>(query.queryKey, (tree) => changed(tree ?? {}, result as TreeChanges))
        // An object may differ in another field than before, of which the application's status says nothing.
        void client.invalidateQueries({ queryKey: managedResourcesQuery({ namespace, name }).queryKey })
        void client.invalidateQueries({ queryKey: explanationKey({ namespace, name }) })
      },
      report: setConnection,
    })
  }, [client, namespace, name])
  return connection
}
