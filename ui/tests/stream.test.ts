import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { ApiError } from '@/shared/api/client'
import { backOff, keepStreaming, type Connection } from '@/shared/api/stream'

/** What the browser's EventSource promises, moved by hand. */
class HandSource {
  static made: HandSource[] = []
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  closed = false
  constructor(readonly url: string) {
    HandSource.made.push(this)
  }
  close() {
    this.closed = true
  }
}

const page = new EventTarget() as EventTarget & { hidden: boolean }

function hide(hidden: boolean) {
  page.hidden = hidden
  page.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(() => {
  HandSource.made = []
  page.hidden = false
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', HandSource)
  vi.stubGlobal('document', page)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function start(open: () => Promise<string> = () => Promise.resolve('/stream')) {
  const states: Connection['state'][] = []
  const received: unknown[] = []
  const opening = vi.fn(open)
  const stop = keepStreaming({
    open: opening,
    receive: (result) => received.push(result),
    report: ({ state }) => states.push(state),
  })
  await vi.advanceTimersByTimeAsync(0)
  return { states, received, opening, stop }
}

describe('a stream', () => {
  it('reads first, then listens, and hands on what it hears', async () => {
    const { states, received, stop } = await start()
    HandSource.made[0]?.onopen?.()
    HandSource.made[0]?.onmessage?.({ data: '{"result":{"type":"ADDED"}}' })
    expect(states).toEqual(['connecting', 'live'])
    expect(received).toEqual([{ type: 'ADDED' }])
    stop()
    expect(HandSource.made[0]?.closed).toBe(true)
  })

  it('reads again after a loss, since it may have missed something', async () => {
    const { states, opening, stop } = await start()
    HandSource.made[0]?.onerror?.()
    expect(states.at(-1)).toBe('lost')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(opening).toHaveBeenCalledTimes(2)
    expect(HandSource.made).toHaveLength(2)
    stop()
  })

  it('takes an error in the stream for a loss', async () => {
    const { states, stop } = await start()
    HandSource.made[0]?.onmessage?.({ data: '{"error":{"message":"too old"}}' })
    expect(states.at(-1)).toBe('lost')
    stop()
  })

  it('keeps trying while the server is away, and not when signed out', async () => {
    const away = await start(() => Promise.reject(new ApiError('away', 0, { method: 'GET', path: '/' })))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(away.opening.mock.calls.length).toBeGreaterThan(2)
    away.stop()
    const out = await start(() => Promise.reject(new ApiError('no', 401, { method: 'GET', path: '/' })))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(out.opening).toHaveBeenCalledTimes(1)
    out.stop()
  })

  it('lets go while nobody looks, and comes back', async () => {
    const { opening, stop } = await start()
    HandSource.made[0]?.onopen?.()
    hide(true)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(HandSource.made[0]?.closed).toBe(true)
    hide(false)
    await vi.advanceTimersByTimeAsync(0)
    expect(opening).toHaveBeenCalledTimes(2)
    stop()
  })

  it('says and does nothing once stopped', async () => {
    const { states, opening, stop } = await start()
    HandSource.made[0]?.onerror?.()
    stop()
    const before = states.length
    await vi.advanceTimersByTimeAsync(60_000)
    expect(opening).toHaveBeenCalledTimes(1)
    expect(states).toHaveLength(before)
  })
})

describe('the wait between tries', () => {
  it('doubles up to half a minute, give or take a fifth', () => {
    expect([0, 1, 2, 10].map((failures) => backOff(failures, 0.5))).toEqual([1_000, 2_000, 4_000, 30_000])
    expect([backOff(0, 0), backOff(0, 1)]).toEqual([800, 1_200])
  })
})
