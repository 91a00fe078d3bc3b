/** Manifests as text for people: YAML with the usual keys first, without what only machines read. */
import { stringify } from 'yaml'

import type { ManagedResource, ResourceReference } from '../api/types'
import { keyOf } from './resource-key'

type Json = Record<string, unknown>

/** The object in a JSON text of the API, or `undefined` where that side does not exist. */
export function parseState(state: string | undefined): Json | undefined {
  if (state === undefined || state === '' || state === 'null') return undefined
  return JSON.parse(state) as Json
}

/** YAML of an object; `managedFields` only says who wrote what, in lines without number, and is left out. */
export function yamlOf(object: Json | undefined): string {
  if (object === undefined) return ''
  const { apiVersion, kind, metadata, ...rest } = withoutManagedFields(object)
  return stringify({ apiVersion, kind, metadata, ...rest }, { lineWidth: 0, aliasDuplicateObjects: false })
}

function withoutManagedFields(object: Json): Json {
  if (typeof object['metadata'] !== 'object' || object['metadata'] === null) return object
  const metadata = { ...(object['metadata'] as Json) }
  delete metadata['managedFields']
  return { ...object, metadata }
}

export interface Sides {
  /** What runs, with the server's own additions taken out where the controller knows them. */
  before: string
  /** What a sync would make of it. */
  after: string
}

/** Both sides of an object as the difference shows them. */
export function sidesOf(resource: ManagedResource): Sides {
  const live = parseState(resource.normalizedLiveState) ?? parseState(resource.liveState)
  const wanted =
    parseState(resource.targetState) === undefined
      ? undefined
      : (parseState(resource.predictedLiveState) ?? parseState(resource.targetState))
  return { before: yamlOf(live), after: yamlOf(wanted) }
}

export const find = (resources: ManagedResource[], key: string): ManagedResource | undefined =>
  resources.find((resource) => keyOf(resource as ResourceReference) === key)
