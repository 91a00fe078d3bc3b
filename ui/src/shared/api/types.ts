/**
 * What the API answers, in Argo CD's shapes, as far as the page reads it. Written by hand; every field that the
 * server may leave out is optional here, so that the compiler asks what to show then.
 */

export type SyncStatusCode = 'Synced' | 'OutOfSync' | 'Unknown'
export type HealthStatusCode = 'Healthy' | 'Suspended' | 'Progressing' | 'Missing' | 'Degraded' | 'Unknown'
export type OperationPhase = 'Running' | 'Terminating' | 'Failed' | 'Error' | 'Succeeded'
export type ResultCode = 'Synced' | 'SyncFailed' | 'Pruned' | 'PruneSkipped'

export interface Health {
  status?: HealthStatusCode
  message?: string
  lastTransitionTime?: string
}

export interface Metadata {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  creationTimestamp?: string
  deletionTimestamp?: string
  finalizers?: string[]
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

export interface HelmParameter {
  name: string
  value: string
  forceString?: boolean
}

export interface HelmSource {
  releaseName?: string
  values?: string
  valuesObject?: Record<string, unknown>
  valueFiles?: string[]
  parameters?: HelmParameter[]
}

export interface Source {
  repoURL: string
  path?: string
  chart?: string
  targetRevision?: string
  helm?: HelmSource
  directory?: { recurse?: boolean; include?: string; exclude?: string }
  kustomize?: Record<string, unknown>
}

export interface Destination {
  server?: string
  name?: string
  namespace?: string
}

export interface Automated {
  prune?: boolean
  selfHeal?: boolean
  allowEmpty?: boolean
  enabled?: boolean
}

export interface SyncPolicy {
  automated?: Automated
  syncOptions?: string[]
  retry?: { limit?: number }
}

export interface ApplicationSpec {
  project: string
  source?: Source
  sources?: Source[]
  destination: Destination
  syncPolicy?: SyncPolicy
}

/** One object that the application owns, or would own, as the last comparison saw it. */
export interface ResourceStatus {
  group?: string
  version?: string
  kind: string
  namespace?: string
  name: string
  status?: SyncStatusCode
  health?: Health
  hook?: boolean
  requiresPruning?: boolean
  syncWave?: number
}

export interface Condition {
  type: string
  message: string
  lastTransitionTime?: string
}

export interface Initiator {
  username?: string
  automated?: boolean
}

export interface SyncOperation {
  revision?: string
  prune?: boolean
  dryRun?: boolean
  resources?: { group?: string; kind: string; name: string; namespace?: string }[]
}

export interface ResourceResult {
  group?: string
  version?: string
  kind: string
  namespace?: string
  name: string
  status?: ResultCode
  message?: string
  hookType?: string
  hookPhase?: OperationPhase
  syncPhase?: string
}

export interface OperationState {
  operation?: { sync?: SyncOperation; initiatedBy?: Initiator }
  phase: OperationPhase
  message?: string
  syncResult?: { resources?: ResourceResult[]; revision?: string; source?: Source }
  startedAt: string
  finishedAt?: string
  retryCount?: number
}

export interface HistoryEntry {
  id: number
  revision?: string
  source?: Source
  deployedAt: string
  deployStartedAt?: string
  initiatedBy?: Initiator
}

export interface ApplicationStatus {
  sync?: { status?: SyncStatusCode; revision?: string }
  health?: Health
  resources?: ResourceStatus[]
  conditions?: Condition[]
  operationState?: OperationState
  history?: HistoryEntry[]
  summary?: { externalURLs?: string[]; images?: string[] }
  sourceType?: string
  reconciledAt?: string
}

export interface Application {
  apiVersion?: string
  kind?: string
  metadata: Metadata
  spec: ApplicationSpec
  status?: ApplicationStatus
  operation?: { sync?: SyncOperation }
}

export interface ApplicationList {
  metadata: { resourceVersion?: string }
  items: Application[] | null
}

export interface ApplicationEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  application: Application
}

export interface ResourceReference {
  group?: string
  version?: string
  kind: string
  namespace?: string
  name: string
  uid?: string
}

export interface ResourceNode extends ResourceReference {
  parentRefs?: ResourceReference[]
  info?: { name: string; value: string }[]
  images?: string[]
  health?: Health
  createdAt?: string
  resourceVersion?: string
}

/** A cluster node on which pods of the application run; amounts are thousandths of a core or of a byte. */
export interface Host {
  name: string
  resourcesInfo?: {
    resourceName: string
    requestedByApp?: number
    requestedByNeighbors?: number
    capacity?: number
  }[]
  systemInfo?: Record<string, unknown>
  labels?: Record<string, string>
}

export interface ResourceTree {
  nodes?: ResourceNode[] | null
  orphanedNodes?: ResourceNode[] | null
  hosts?: Host[] | null
}

/** What came or changed in a tree, and what went; `whole` is the tree itself. Without `hosts` they are as before. */
export interface TreeChanges {
  version: string
  whole?: boolean
  nodes?: ResourceNode[]
  orphanedNodes?: ResourceNode[]
  removed?: ResourceReference[]
  hosts?: Host[]
}

/** What can be done to one object, and whether it makes no sense just now. */
export interface ResourceAction {
  name: string
  displayName?: string
  disabled?: boolean
  params?: { name: string; default?: string }[]
}

/** Both sides of one object as JSON text; an absent side is `""`, `"null"` or missing. */
export interface ManagedResource {
  group?: string
  kind: string
  namespace?: string
  name: string
  targetState?: string
  liveState?: string
  normalizedLiveState?: string
  predictedLiveState?: string
  hook?: boolean
}

export interface RevisionMetadata {
  author?: string
  date?: string
  message?: string
  tags?: string[]
}

export interface KubernetesEvent {
  metadata?: { uid?: string; name?: string }
  type?: string
  reason?: string
  message?: string
  count?: number
  firstTimestamp?: string
  lastTimestamp?: string
  eventTime?: string
}

/** What the sources render to: objects as JSON, what would do the same in a terminal, and the notes of charts. */
export interface RenderedManifests {
  manifests?: string[] | null
  commands?: string[] | null
  notes?: string[] | null
}

export interface UserInfo {
  loggedIn?: boolean
  username?: string
}

export interface Repository {
  repo: string
  type?: string
  name?: string
}

export interface Cluster {
  server: string
  name?: string
}

export interface Project {
  metadata: Metadata
}
