/** What the page reads, as query options: the cache key beside the request, so that a stream can fill the same key. */
import { queryOptions } from '@tanstack/react-query'

import { ApiError, send } from './client'
import type { Explanation } from './explanation'
import * as requests from './requests'
import type { ApplicationName } from './requests'
import type {
  Application,
  ApplicationList,
  Cluster,
  KubernetesEvent,
  ManagedResource,
  Project,
  RenderedManifests,
  Repository,
  ResourceAction,
  ResourceReference,
  ResourceTree,
  RevisionMetadata,
  UserInfo,
} from './types'

interface Items<Item> {
  items?: Item[] | null
}

const keyOf = (app: ApplicationName) => ['application', app.namespace, app.name] as const

/** What a stream keeps up to date is never fetched on a timer. */
const streamed = { staleTime: Infinity, gcTime: 10 * 60_000 }

export const userQuery = queryOptions({
  queryKey: ['user'],
  queryFn: ({ signal }) =>
    send<UserInfo>(requests.readUser(), signal).catch((error: unknown): UserInfo => {
      // Asked who is there, "nobody" is an answer.
      if (error instanceof ApiError && error.status === 401) return { loggedIn: false }
      throw error
    }),
  staleTime: 60_000,
})

export const versionQuery = queryOptions({
  queryKey: ['version'],
  queryFn: ({ signal }) => send<{ Version?: string }>(requests.readVersion(), signal),
  staleTime: Infinity,
})

export const applicationsQuery = queryOptions({
  queryKey: ['applications'],
  queryFn: async ({ signal }) => {
    const list = await send<ApplicationList>(requests.listApplications(), signal)
    return { resourceVersion: list.metadata.resourceVersion ?? '', items: list.items ?? [] }
  },
  ...streamed,
})

export const applicationQuery = (app: ApplicationName) =>
  queryOptions({
    queryKey: keyOf(app),
    queryFn: ({ signal }) => send<Application>(requests.readApplication(app), signal),
    ...streamed,
  })

export const treeQuery = (app: ApplicationName) =>
  queryOptions({
    queryKey: [...keyOf(app), 'tree'],
    queryFn: ({ signal }) => send<ResourceTree>(requests.readTree(app), signal),
    ...streamed,
  })

export const managedResourcesQuery = (app: ApplicationName) =>
  queryOptions({
    queryKey: [...keyOf(app), 'managed-resources'],
    queryFn: async ({ signal }) =>
      (await send<Items<ManagedResource>>(requests.readManagedResources(app), signal)).items ?? [],
    staleTime: 5_000,
  })

/** Of all versions: what is said of fields may change while the application's status stays. */
export const explanationKey = (app: ApplicationName) => [...keyOf(app), 'explain'] as const

/** `version` is the application's resourceVersion: each change of its status may have another reason. */
export const explanationQuery = (app: ApplicationName, version: string) =>
  queryOptions({
    queryKey: [...explanationKey(app), version],
    queryFn: ({ signal }) => send<Explanation>(requests.readExplanation(app), signal),
    staleTime: 2_000,
  })

/** `revision` is what was compared last: at another one they are read again. */
export const manifestsQuery = (app: ApplicationName, revision: string) =>
  queryOptions({
    queryKey: [...keyOf(app), 'manifests', revision],
    queryFn: ({ signal }) => send<RenderedManifests>(requests.readManifests(app), signal),
    staleTime: 60_000,
  })

/** `version` is the object's resourceVersion as the tree knows it: a newer one is a new key, and so is read afresh. */
export const resourceQuery = (app: ApplicationName, resource: ResourceReference, version: string) =>
  queryOptions({
    queryKey: [...keyOf(app), 'resource', resource.group, resource.kind, resource.namespace, resource.name, version],
    queryFn: async ({ signal }) =>
      (await send<{ manifest?: string }>(requests.readResource(app, resource), signal)).manifest ?? '',
    staleTime: 5_000,
  })

/** As for `resourceQuery`: which actions make sense is another question for each version of the object. */
export const actionsQuery = (app: ApplicationName, resource: ResourceReference, version: string) =>
  queryOptions({
    queryKey: [...keyOf(app), 'actions', resource.group, resource.kind, resource.namespace, resource.name, version],
    queryFn: async ({ signal }) =>
      (await send<{ actions?: ResourceAction[] | null }>(requests.listActions(app, resource), signal)).actions ?? [],
    staleTime: 5_000,
    retry: false,
  })

export const revisionQuery = (app: ApplicationName, revision: string) =>
  queryOptions({
    queryKey: ['revision', app.namespace, app.name, revision],
    queryFn: ({ signal }) => send<RevisionMetadata>(requests.readRevision(app, revision), signal),
    staleTime: Infinity,
    retry: false,
  })

export const eventsQuery = (app: ApplicationName) =>
  queryOptions({
    queryKey: [...keyOf(app), 'events'],
    queryFn: async ({ signal }) => (await send<Items<KubernetesEvent>>(requests.readEvents(app), signal)).items ?? [],
    staleTime: 5_000,
    retry: false,
  })

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: async ({ signal }) => (await send<Items<Project>>(requests.listProjects(), signal)).items ?? [],
  staleTime: 30_000,
})

export const repositoriesQuery = queryOptions({
  queryKey: ['repositories'],
  queryFn: async ({ signal }) => (await send<Items<Repository>>(requests.listRepositories(), signal)).items ?? [],
  staleTime: 30_000,
})

export const clustersQuery = queryOptions({
  queryKey: ['clusters'],
  queryFn: async ({ signal }) => (await send<Items<Cluster>>(requests.listClusters(), signal)).items ?? [],
  staleTime: 30_000,
})
