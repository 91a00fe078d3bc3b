/** The difference of one managed object between what runs and what a sync would make of it. Loaded when first looked at. */
import type { ManagedResource } from '../api/types'
import { find, sidesOf } from '../model/manifest'
import Difference from './difference'

interface Props {
  resources: ManagedResource[]
  /** The object's key, as `resource-key.keyOf` makes it. */
  id: string
  /** In one column or two; else as the window's width allows. */
  shape?: 'unified' | 'split'
}

export default function ObjectDifference({ resources, id, shape }: Props) {
  const resource = find(resources, id)
  if (resource === undefined) return <p className="dim">This object is not managed by the application.</p>
  const { before, after } = sidesOf(resource)
  return <Difference before={before} after={after} {...(shape === undefined ? {} : { shape })} />
}
