/**
 * Every request that the page makes, as a plain value: sent by `client.send`, shown to copy by `model/commands`.
 * One place, so that what is shown is what is sent.
 */
import type { ApiRequest } from './client'
import type { Application, ResourceReference } from './types'

/** Names one application: its name and, outside the control namespace, where it lives. */
export interface ApplicationName {
  namespace: string
  name: string
}

export interface SyncChoice {
  revision: string
  prune: boolean
  dryRun: boolean
  force: boolean
  applyOnly: boolean
  /** Empty means all of them. */
  resources: ResourceReference[]
}

export type Deletion = 'foreground' | 'background' | 'non-cascading'

type Query = Record<string, string | undefined>

export const applicationNameOf = (application: Application): ApplicationName => ({
  namespace: application.metadata.namespace ?? '',
  name: application.metadata.name,
})

function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  )
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`
}

function applicationPath(app: ApplicationName, rest = '', query: Query = {}): string {
  const path = `/api/v1/applications/${encodeURIComponent(app.name)}${rest}`
  return withQuery(path, { ...query, appNamespace: app.namespace })
}

export const listApplications = (): ApiRequest => ({ method: 'GET', path: '/api/v1/applications' })

export const readApplication = (app: ApplicationName): ApiRequest => ({ method: 'GET', path: applicationPath(app) })

export const refreshApplication = (app: ApplicationName, refresh: 'normal' | 'hard'): ApiRequest => ({
  method: 'GET',
  path: applicationPath(app, '', { refresh }),
})

export const createApplication = (application: unknown): ApiRequest => ({
  method: 'POST',
  path: '/api/v1/applications?validate=true',
  body: application,
})

export function syncApplication(app: ApplicationName, choice: SyncChoice): ApiRequest {
  const strategy = choice.applyOnly ? { apply: { force: choice.force } } : { hook: { force: choice.force } }
  return {
    method: 'POST',
    path: applicationPath({ name: app.name, namespace: '' }, '/sync'),
    body: {
      ...(app.namespace === '' ? {} : { appNamespace: app.namespace }),
      ...(choice.revision === '' ? {} : { revision: choice.revision }),
      prune: choice.prune,
      dryRun: choice.dryRun,
      ...(choice.applyOnly || choice.force ? { strategy } : {}),
      ...(choice.resources.length === 0
        ? {}
        : {
            resources: choice.resources.map(({ group, kind, namespace, name }) => ({
              group: group ?? '',
              kind,
              namespace,
              name,
            })),
          }),
    },
  }
}

export const terminateOperation = (app: ApplicationName): ApiRequest => ({
  method: 'DELETE',
  path: applicationPath(app, '/operation'),
})

export const deleteApplication = (app: ApplicationName, how: Deletion): ApiRequest => ({
  method: 'DELETE',
  path: applicationPath(
    app,
    '',
    how === 'non-cascading' ? { cascade: 'false' } : { cascade: 'true', propagationPolicy: how },
  ),
})

export const readManagedResources = (app: ApplicationName): ApiRequest => ({
  method: 'GET',
  path: applicationPath(app, '/managed-resources'),
})

export const readExplanation = (app: ApplicationName): ApiRequest => ({
  method: 'GET',
  path: applicationPath(app, '/explain'),
})

export const readManifests = (app: ApplicationName): ApiRequest => ({
  method: 'GET',
  path: applicationPath(app, '/manifests'),
})

export const readTree = (app: ApplicationName): ApiRequest => ({
  method: 'GET',
  path: applicationPath(app, '/resource-tree'),
})

export const readEvents = (app: ApplicationName): ApiRequest => ({
  method: 'GET',
  path: applicationPath(app, '/events'),
})

export const readRevision = (app: ApplicationName, revision: string): ApiRequest => ({
  method: 'GET',
  path: applicationPath(app, `/revisions/${encodeURIComponent(revision)}/metadata`),
})

export const readResource = (app: ApplicationName, resource: ResourceReference): ApiRequest => ({
  method: 'GET',
  path: applicationPath(app, '/resource', {
    namespace: resource.namespace,
    resourceName: resource.name,
    version: resource.version,
    kind: resource.kind,
    group: resource.group,
  }),
})

export const listActions = (app: ApplicationName, resource: ResourceReference): ApiRequest => ({
  method: 'GET',
  path: applicationPath(app, '/resource/actions', {
    namespace: resource.namespace,
    resourceName: resource.name,
    version: resource.version,
    kind: resource.kind,
    group: resource.group,
  }),
})

export function runAction(
  app: ApplicationName,
  resource: ResourceReference,
  action: string,
  parameters: Readonly<Record<string, string>>,
): ApiRequest {
  const { group, version, kind, namespace, name } = resource
  const filled = Object.entries(parameters).map(([parameter, value]) => ({ name: parameter, value }))
  return {
    method: 'POST',
    path: applicationPath({ name: app.name, namespace: '' }, '/resource/actions/v2'),
    body: {
      name: app.name,
      ...(app.namespace === '' ? {} : { appNamespace: app.namespace }),
      group: group ?? '',
      ...(version === undefined ? {} : { version }),
      kind,
      ...(namespace === undefined ? {} : { namespace }),
      resourceName: name,
      action,
      ...(filled.length === 0 ? {} : { resourceActionParameters: filled }),
    },
  }
}

export const signIn = (username: string, password: string): ApiRequest => ({
  method: 'POST',
  path: '/api/v1/session',
  body: { username, password },
})
export const signOut = (): ApiRequest => ({ method: 'DELETE', path: '/api/v1/session' })
export const readUser = (): ApiRequest => ({ method: 'GET', path: '/api/v1/session/userinfo' })
export const readVersion = (): ApiRequest => ({ method: 'GET', path: '/api/version' })
export const listProjects = (): ApiRequest => ({ method: 'GET', path: '/api/v1/projects' })
export const listRepositories = (): ApiRequest => ({ method: 'GET', path: '/api/v1/repositories' })
export const listClusters = (): ApiRequest => ({ method: 'GET', path: '/api/v1/clusters' })

export const applicationsStream = (resourceVersion: string): string =>
  withQuery('/api/v1/stream/applications', { resourceVersion })

export const treeStream = (app: ApplicationName): string =>
  withQuery(`/api/v1/stream/applications/${encodeURIComponent(app.name)}/resource-tree`, {
    appNamespace: app.namespace,
    changes: 'true',
  })
