/**
 * The page's address as plain text parameters: `?sync=OutOfSync&sync=Unknown`. Nothing is guessed from a value's look,
 * so that a revision `1.10` stays what it is.
 */

export type Search = Record<string, string | string[] | undefined>

export function parseSearch(text: string): Search {
  const search: Search = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const before = search[name]
    search[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
  }
  return search
}

export function stringifySearch(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof one === 'string' && one !== '') parameters.append(name, one)
    }
  }
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}

/** One text of a parameter; of several, the last. */
export const one = (value: unknown): string => {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value
  return typeof last === 'string' ? last : ''
}

/** All texts of a parameter. */
export const many = (value: unknown): string[] =>
  (Array.isArray(value) ? (value as unknown[]) : [value]).filter(
    (text) => typeof text === 'string' && text !== '',
  ) as string[]

/** Where to go after signing in: a path of this page, never another site's address. */
export function safeReturn(target: string): string {
  return /^\/(?![/\\])/.test(target) ? target : '/applications'
}
