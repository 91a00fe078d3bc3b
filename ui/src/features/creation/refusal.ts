/** Puts the server's words about a manifest to the form's fields that they are about. */
import type { Values } from './draft'

export interface Refusal {
  /** What is wrong with each field. */
  fields: Partial<Record<keyof Values, string>>
  /** What is about no field of the form; empty when all of it was. */
  rest: string
}

/** The server names a field by its path, and joins several problems with semicolons. */
export function refusalOf(message: string, values: Values): Refusal {
  const problems = message.replace(/^application spec for \S+ is invalid: /, '').split(/; (?=(?:spec|metadata)\.)/)
  const refusal: Refusal = { fields: {}, rest: '' }
  for (const problem of problems) {
    const field = fieldOf(problem, values)
    if (field === undefined) refusal.rest = [refusal.rest, problem].filter((part) => part !== '').join('; ')
    else refusal.fields[field] = [refusal.fields[field], withoutPath(problem)].filter(Boolean).join('; ')
  }
  return refusal
}

const path = /^((?:spec|metadata)(?:\.\w+(?:\[\d+\])?)*): /

const withoutPath = (problem: string) => problem.replace(path, '')

function fieldOf(problem: string, values: Values): keyof Values | undefined {
  if (problem.startsWith('existing application spec is different')) return 'name'
  const named = path.exec(problem)?.[1]?.replace(/sources\[0\]/, 'source')
  if (named === undefined) return undefined
  return fields.find(([prefix]) => named === prefix || named.startsWith(`${prefix}.`))?.[1](values)
}

/** The longer path first: the first that fits is taken. */
const fields: [string, (values: Values) => keyof Values][] = [
  ['metadata.name', () => 'name'],
  ['spec.project', () => 'project'],
  ['spec.source.repoURL', () => 'repoURL'],
  ['spec.source.targetRevision', () => 'targetRevision'],
  ['spec.source.path', () => 'path'],
  ['spec.source.chart', () => 'chart'],
  ['spec.source.helm.parameters', () => 'helmParameters'],
  ['spec.source.helm', () => 'helmValues'],
  ['spec.source', ({ kind }) => kind],
  ['spec.destination.namespace', () => 'destNamespace'],
  ['spec.destination', ({ destination }) => (destination === 'server' ? 'destServer' : 'destName')],
  ['spec.syncPolicy.automated', () => 'automated'],
]
