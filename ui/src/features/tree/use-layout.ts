import { useEffect, useRef, useState } from 'react'

import type { Places, Shape } from './layout'
import type { Answer, Order } from './layout-worker'

/** Places for a shape. The last ones stay until newer ones are there; a change that leaves the shape alone moves nothing. */
export function useLayout(shape: Shape): Places | undefined {
  const [places, setPlaces] = useState<Places>()
  const worker = useRef<Worker>(undefined)
  const number = useRef(0)
  const outline = JSON.stringify(shape)

  useEffect(() => {
    const mine = new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' })
    mine.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.number === number.current) setPlaces(data.places)
    }
    worker.current = mine
    return () => mine.terminate()
  }, [])

  useEffect(() => {
    number.current += 1
    const order: Order = { number: number.current, shape: JSON.parse(outline) as Shape }
    worker.current?.postMessage(order)
  }, [outline])

  return places
}
