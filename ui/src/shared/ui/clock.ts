/** The page's one ticking clock, so that every age on it moves together. */
import { useSyncExternalStore } from 'react'

const beat = 5_000
const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const tell of listeners) tell()
  }, beat)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** Milliseconds since 1970, moving every five seconds. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now)
