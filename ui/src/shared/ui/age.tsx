import { ago, exactly } from '../model/time'
import { useNow } from './clock'

/** How long ago, with the exact time on hover. */
export function Age({ time }: { time: string | undefined }) {
  const text = ago(time, useNow())
  return text === undefined ? (
    <span className="dim">–</span>
  ) : (
    <time dateTime={time} title={exactly(time)} className="number">
      {text}
    </time>
  )
}
