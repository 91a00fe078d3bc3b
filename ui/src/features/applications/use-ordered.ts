import { useRef } from 'react'

import type { Application } from '@/shared/api/types'
import { keepPlaces } from '@/shared/model/ranking'
import { idOf } from './filters'

/** The rows in the order to show: as selected, but nothing moves under a pointer (`held`). */
export function useOrdered(selected: Application[], held: boolean): Application[] {
  const shown = useRef<string[]>([])
  const ids = selected.map(idOf)
  // eslint-disable-next-line react-hooks/refs -- the order on screen is memory of what was rendered, not state to render for
  const order = held ? keepPlaces(shown.current, ids) : ids
  // eslint-disable-next-line react-hooks/refs
  shown.current = order
  if (!held) return selected
  const byId = new Map(selected.map((app) => [idOf(app), app]))
  return order.flatMap((id) => byId.get(id) ?? [])
}
