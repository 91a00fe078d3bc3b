/** How an action is spoken of, and what its dialog starts with. Plain functions. */
import type { ResourceAction } from '@/shared/api/types'

type Parameters = Readonly<Record<string, string>>

/** `create-job` reads as `Create job`, unless the action brings words of its own. */
export function labelOf({ name, displayName }: ResourceAction): string {
  if (displayName !== undefined && displayName !== '') return displayName
  const words = name.replaceAll('-', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

/** What each parameter is now: the field of that name in the object's spec, else what the action takes by itself. */
export function currentOf({ params }: ResourceAction, live: Record<string, unknown> | undefined): Parameters {
  const spec = (live?.['spec'] ?? {}) as Record<string, unknown>
  return Object.fromEntries(
    (params ?? []).map(({ name, default: usual }) => {
      const now = spec[name]
      const known = typeof now === 'number' || typeof now === 'string' ? String(now) : ''
      return [name, known === '' ? (usual ?? '') : known]
    }),
  )
}
