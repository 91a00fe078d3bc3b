/** Times in words. `now` is always handed in, in milliseconds since 1970. */

const steps: [limit: number, seconds: number, unit: string][] = [
  [90, 1, 's'],
  [90 * 60, 60, 'min'],
  [36 * 3600, 3600, 'h'],
  [Infinity, 86_400, 'd'],
]

/** A length of time in one unit: `12 s`, `4 min`, `30 h`, `9 d`. */
export function inWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  const [, size, unit] = steps.find(([limit]) => seconds < limit) ?? [0, 86_400, 'd']
  return `${Math.max(0, Math.round(seconds / size))} ${unit}`
}

/** How long ago `time` was, or `undefined` where there is no time. */
export function ago(time: string | undefined, now: number): string | undefined {
  const at = instant(time)
  return at === undefined ? undefined : inWords(now - at)
}

/** Milliseconds since 1970, or `undefined` for a missing or broken time. */
export function instant(time: string | undefined): number | undefined {
  if (time === undefined) return undefined
  const at = Date.parse(time)
  return Number.isNaN(at) ? undefined : at
}

// Made once: making a formatter costs a hundred times what using it does.
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })

/** The exact time as people read it, in their own zone: for hover texts. */
export function exactly(time: string | undefined): string {
  const at = instant(time)
  return at === undefined ? '' : exact.format(at)
}

/** `14:02` today, `3 Nov, 14:02` before. */
export function since(time: string | undefined, now: number): string {
  const at = instant(time)
  if (at === undefined) return ''
  const isToday = day.format(now) === day.format(at) && now - at < 86_400_000
  return isToday ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`
}
