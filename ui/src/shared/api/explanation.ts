/** Why an application is as it is, as the API answers; see `types.ts`. */
import type { HealthStatusCode, SyncStatusCode } from './types'

/** A field that differs; the sides are JSON texts, absent where the side does not have it. */
export interface ExplainedField {
  path: string
  live?: string
  desired?: string
  /** Who owns the live value, how it was written and when it was last. */
  manager?: string
  operation?: string
  subresource?: string
  since?: string
}

export interface ExplainedObject {
  group?: string
  kind: string
  namespace?: string
  name: string
  sync?: SyncStatusCode
  health?: HealthStatusCode
  because?: string[]
  fields?: ExplainedField[]
  fieldsLeftOut?: number
}

export interface HiddenField {
  group?: string
  kind: string
  namespace?: string
  name: string
  field: ExplainedField
}

/** A rule that hides differences, how many, and the first of them. */
export interface HidingRule {
  rule: string
  hides: number
  fields?: HiddenField[]
}

/** Why an application is as it is, and what happens next. */
export interface Explanation {
  summary: string
  nextStep: string
  sync?: SyncStatusCode
  health?: HealthStatusCode
  since?: string
  objects?: ExplainedObject[]
  objectsLeftOut?: number
  rules?: HidingRule[]
  unasked?: string[]
}
