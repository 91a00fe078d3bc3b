/** What an Application says about itself, with the blanks filled in. Used by every feature that shows one. */
import type {
  Application,
  Destination,
  HealthStatusCode,
  OperationState,
  ResourceStatus,
  Source,
  SyncStatusCode,
} from '../api/types'
import { instant } from './time'

export const healthOf = (app: Application): HealthStatusCode => app.status?.health?.status ?? 'Unknown'
export const syncOf = (app: Application): SyncStatusCode => app.status?.sync?.status ?? 'Unknown'

/** The first source; an application with several is known by it. */
export const sourceOf = (app: Application): Source | undefined => app.spec.sources?.[0] ?? app.spec.source

export const clusterOf = (destination: Destination): string => {
  if (destination.name !== undefined && destination.name !== '') return destination.name
  return destination.server === 'https://kubernetes.default.svc' ? 'in-cluster' : (destination.server ?? '')
}

export const destinationOf = (app: Application): string => {
  const { namespace } = app.spec.destination
  const cluster = clusterOf(app.spec.destination)
  return namespace === undefined || namespace === '' ? cluster : `${cluster} / ${namespace}`
}

/** The operation that is under way, if any. A retry that waits for its time is under way too. */
export function runningOperation(app: Application): OperationState | undefined {
  const state = app.status?.operationState
  return state?.phase === 'Running' || state?.phase === 'Terminating' ? state : undefined
}

/** Asked for, but the controller has not begun. */
export const isRequested = (app: Application): boolean =>
  app.operation !== undefined && runningOperation(app) === undefined

export type Automation = { on: false } | { on: true; prune: boolean; selfHeal: boolean }

export function automationOf(app: Application): Automation {
  const automated = app.spec.syncPolicy?.automated
  if (automated === undefined || automated.enabled === false) return { on: false }
  return { on: true, prune: automated.prune === true, selfHeal: automated.selfHeal === true }
}

export function automationInWords(automation: Automation): string {
  if (!automation.on) return 'Manual'
  const extras = [automation.prune ? 'prunes' : '', automation.selfHeal ? 'heals itself' : ''].filter(
    (extra) => extra !== '',
  )
  return extras.length === 0 ? 'Automatic' : `Automatic, ${extras.join(', ')}`
}

/** What a sync would do to an object, as the last comparison saw it. */
export type Change = 'create' | 'change' | 'prune'

export function changeOf(resource: ResourceStatus): Change | undefined {
  if (resource.hook === true || resource.status !== 'OutOfSync') return undefined
  if (resource.requiresPruning === true) return 'prune'
  return resource.health?.status === 'Missing' ? 'create' : 'change'
}

/** The errors and warnings, errors first. */
export function conditionsOf(app: Application) {
  const isError = (type: string) => type.endsWith('Error')
  return [...(app.status?.conditions ?? [])].sort((a, b) => Number(isError(b.type)) - Number(isError(a.type)))
}

/** When something last happened: a sync began or ended, or health changed. Milliseconds since 1970. */
export function lastChange(app: Application): number | undefined {
  const times = [
    app.status?.operationState?.finishedAt,
    app.status?.operationState?.startedAt,
    app.status?.health?.lastTransitionTime,
    app.metadata.creationTimestamp,
  ].map(instant)
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}
