/** What an explanation says of one object, and who wrote a field, in words. */
import type { ExplainedField, Explanation } from '../api/explanation'
import { keyOf } from './resource-key'

/** The fields in which an object differs; `id` is its key. */
export function fieldsOf(explanation: Explanation | undefined, id: string): ExplainedField[] {
  return explanation?.objects?.find((object) => keyOf(object) === id)?.fields ?? []
}

export interface Hidden {
  rule: string
  fields: ExplainedField[]
}

/** What rules hide of an object's differences, by rule. */
export function hiddenOf(explanation: Explanation | undefined, id: string): Hidden[] {
  return (explanation?.rules ?? [])
    .map(({ rule, fields }) => ({
      rule,
      fields: (fields ?? []).filter((hidden) => keyOf(hidden) === id).map(({ field }) => field),
    }))
    .filter(({ fields }) => fields.length > 0)
}

const verbs: Record<string, string> = { Apply: 'applied', Update: 'updated' }

/** `updated by kubectl-edit`, or nothing where nobody is noted. */
export function writerOf({ manager, operation }: ExplainedField): string {
  if (manager === undefined || manager === '') return ''
  return `${verbs[operation ?? ''] ?? 'written'} by ${manager}`
}

/** A side of a field as it is shown: one that does not have it is said to be absent. */
export const sideOf = (json: string | undefined) => (json === undefined || json === '' ? 'absent' : json)
