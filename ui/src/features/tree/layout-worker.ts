/** Lays trees out off the page's own thread, so that a big one never makes typing stutter. */
import { layout, type Places, type Shape } from './layout'

export interface Order {
  number: number
  shape: Shape
}

export interface Answer {
  number: number
  places: Places
}

self.onmessage = ({ data }: MessageEvent<Order>) => {
  const answer: Answer = { number: data.number, places: layout(data.shape) }
  self.postMessage(answer)
}
