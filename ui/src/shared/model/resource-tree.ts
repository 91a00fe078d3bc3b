/** The resource tree as it is held: what of it lives, and how it is brought up to date by what the server streams. */
import type { ResourceNode, ResourceTree, TreeChanges } from '../api/types'
import { keyOf } from './resource-key'

/** The nodes of objects that are there; one that should run and does not has a node too, and no uid. */
export const livingIn = (tree: ResourceTree): ResourceNode[] =>
  (tree.nodes ?? []).filter(({ uid }) => uid !== undefined && uid !== '')

/** The tree after some changes; nodes that did not change stay the same values. */
export function changed(tree: ResourceTree, changes: TreeChanges): ResourceTree {
  const before = changes.whole === true ? {} : tree
  const touched = new Set(
    [changes.nodes, changes.orphanedNodes, changes.removed].flatMap((each) => each ?? []).map(keyOf),
  )
  const merged = (old: ResourceNode[] | null | undefined, added: ResourceNode[] | undefined) => [
    ...(old ?? []).filter((node) => !touched.has(keyOf(node))),
    ...(added ?? []),
  ]
  return {
    nodes: merged(before.nodes, changes.nodes),
    orphanedNodes: merged(before.orphanedNodes, changes.orphanedNodes),
    hosts: changes.hosts ?? before.hosts ?? [],
  }
}
