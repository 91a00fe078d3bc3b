/**
 * One server-sent event stream that outlives broken connections and hidden tabs. Used by `streams.ts`; knows nothing
 * of applications.
 *
 * A stream that was away may have missed events, so each opening begins with a fresh read: `open` reads the level,
 * then says where the edges start. While the tab is hidden the stream is closed: a browser keeps six connections to a
 * host, and forgotten tabs must not use them up.
 */
import { ApiError } from './client'

export type Connection =
  { state: 'connecting' } | { state: 'live' } | { state: 'lost'; retryAt: number; because: string }

export interface StreamPlan {
  /** Read what is true now and return the stream's address from there on. */
  open: () => Promise<string>
  /** One decoded `result`. */
  receive: (result: unknown) => void
  report: (connection: Connection) => void
}

const longestWait = 30_000
const hiddenGrace = 15_000

/** Milliseconds before the next try: 1 s doubled each time up to 30 s, give or take a fifth so that tabs do not march in step. */
export function backOff(failures: number, random: number): number {
  return Math.round(Math.min(longestWait, 1000 * 2 ** failures) * (0.8 + 0.4 * random))
}

/** Start the stream; the returned function stops it for good. */
export function keepStreaming(plan: StreamPlan): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let generation = 0

  const close = () => {
    generation += 1
    source?.close()
    source = undefined
    clearTimeout(timer)
    timer = undefined
  }

  const lose = (because: string) => {
    close()
    const wait = backOff(failures, Math.random())
    failures += 1
    plan.report({ state: 'lost', retryAt: Date.now() + wait, because })
    timer = setTimeout(connect, wait)
  }

  const connect = () => {
    close()
    const mine = generation
    plan.report({ state: 'connecting' })
    plan.open().then(
      (address) => {
        if (mine === generation) listen(address)
      },
      (error: unknown) => {
        if (mine === generation && !isSignedOut(error)) lose(messageOf(error))
      },
    )
  }

  const listen = (address: string) => {
    source = new EventSource(address)
    source.onopen = () => {
      failures = 0
      plan.report({ state: 'live' })
    }
    source.onerror = () => lose('The connection to the server was lost.')
    source.onmessage = (event: MessageEvent<string>) => {
      const frame = JSON.parse(event.data) as { result?: unknown; error?: { message?: string } }
      if (frame.error === undefined) plan.receive(frame.result)
      else lose(frame.error.message ?? 'The server ended the stream.')
    }
  }

  const follow = () => {
    if (!document.hidden) {
      if (source === undefined) connect()
      else clearTimeout(timer)
    } else if (source !== undefined) {
      timer = setTimeout(close, hiddenGrace)
    }
  }

  document.addEventListener('visibilitychange', follow)
  connect()
  return () => {
    document.removeEventListener('visibilitychange', follow)
    close()
  }
}

/** Someone who is signed out is sent to the sign-in page by whoever reads; asking again every second helps nobody. */
const isSignedOut = (error: unknown) => error instanceof ApiError && error.status === 401

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
