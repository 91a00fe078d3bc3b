/** Puts what needs a person first. */
import type { Application } from '../api/types'
import { healthOf, syncOf } from './application'
import { sentenceOf } from './sentence'

const toneRank = { error: 0, warning: 1, busy: 2, quiet: 3 }
const healthRank = { Degraded: 0, Unknown: 1, Missing: 2, Progressing: 3, Suspended: 4, Healthy: 5 }
const syncRank = { Unknown: 0, OutOfSync: 1, Synced: 2 }

// An application is replaced when it changes, so what was found out about one holds as long as the value lives.
const known = new WeakMap<Application, number>()

/** Smaller is worse. */
export function troubleOf(app: Application): number {
  const before = known.get(app)
  if (before !== undefined) return before
  const trouble = toneRank[sentenceOf(app, 0).tone] * 100 + healthRank[healthOf(app)] * 10 + syncRank[syncOf(app)]
  known.set(app, trouble)
  return trouble
}

/**
 * Keep what is already shown where it is, and put what is new at the end: for a table under somebody's pointer.
 * Both are lists of ids; the result holds exactly those of `next`.
 */
export function keepPlaces(shown: readonly string[], next: readonly string[]): string[] {
  const wanted = new Set(next)
  const known = new Set(shown)
  return [...shown.filter((id) => wanted.has(id)), ...next.filter((id) => !known.has(id))]
}
