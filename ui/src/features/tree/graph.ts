/**
 * The resource tree as nodes with parents, from what the API says of it: the tree has what lives, the application's
 * status has what is managed, wanted or not. Feeds `grouping`, `layout` and the list.
 */
import type {
  Application,
  ResourceNode,
  ResourceReference,
  ResourceStatus,
  ResourceTree,
  SyncStatusCode,
} from '@/shared/api/types'
import type { Health } from '@/shared/api/types'
import { keyOf } from '@/shared/model/resource-key'
import { livingIn } from '@/shared/model/resource-tree'

export const rootId = 'application'

export interface Node {
  id: string
  /** Ids of the nodes that own this one; the application itself where no other does. */
  parents: string[]
  resource: ResourceReference
  health: Health | undefined
  /** Only managed objects have one. */
  sync: SyncStatusCode | undefined
  status: ResourceStatus | undefined
  live: ResourceNode | undefined
}

/** All nodes below the application, in an order that depends on names only, so that the picture stays put. */
export function graphOf(app: Application, tree: ResourceTree): Node[] {
  const managed = new Map(
    (app.status?.resources ?? []).filter(({ hook }) => hook !== true).map((status) => [keyOf(status), status]),
  )
  const live = new Map(livingIn(tree).map((node) => [keyOf(node), node]))
  const ids = [...new Set([...live.keys(), ...managed.keys()])]
  const nodes = ids.map((id) => nodeOf(id, live, managed))
  return nodes.sort((a, b) => compare(a.resource.kind, b.resource.kind) || compare(a.id, b.id))
}

function nodeOf(id: string, living: Map<string, ResourceNode>, managed: Map<string, ResourceStatus>): Node {
  const live = living.get(id)
  const status = managed.get(id)
  const resource = live ?? status
  if (resource === undefined) throw new Error(`${id} is neither live nor managed`)
  const owners = (live?.parentRefs ?? []).map(keyOf).filter((owner) => living.has(owner) && owner !== id)
  return {
    id,
    parents: owners.length === 0 ? [rootId] : owners,
    resource,
    health: live?.health ?? status?.health,
    sync: status?.status,
    status,
    live,
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Children by parent, in the nodes' order. */
export function childrenOf<Item extends { parents: string[] }>(nodes: readonly Item[]): Map<string, Item[]> {
  const children = new Map<string, Item[]>()
  for (const node of nodes) {
    for (const parent of node.parents) {
      const siblings = children.get(parent)
      if (siblings === undefined) children.set(parent, [node])
      else siblings.push(node)
    }
  }
  return children
}

/** Does this node, on its own, need somebody's eye? */
export const isTroubled = ({ health, sync }: Node) =>
  sync === 'OutOfSync' || health?.status === 'Degraded' || health?.status === 'Missing'

/** The troubled nodes with the way to them: their owners, and what they own. */
export function troubledOnly(nodes: readonly Node[]): Node[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const children = childrenOf(nodes)
  const kept = new Set<string>()
  const keep = (node: Node, next: (node: Node) => (Node | undefined)[]) => {
    kept.add(node.id)
    for (const other of next(node)) if (other !== undefined) keep(other, next)
  }
  for (const node of nodes.filter(isTroubled)) {
    keep(node, ({ parents }) => parents.map((id) => byId.get(id)))
    keep(node, ({ id }) => children.get(id) ?? [])
  }
  return nodes.filter(({ id }) => kept.has(id))
}

export interface Row {
  node: Node
  depth: number
}

/** The nodes as an indented list: each below its first owner, troubled families first. */
export function rowsOf(nodes: readonly Node[]): Row[] {
  const children = childrenOf(nodes.map((node) => ({ ...node, parents: node.parents.slice(0, 1) })))
  const rows: Row[] = []
  const visit = (parent: string, depth: number) => {
    const families = (children.get(parent) ?? []).map((node) => ({ node, trouble: troubleOf(node, children) }))
    for (const { node } of families.sort((a, b) => a.trouble - b.trouble)) {
      rows.push({ node, depth })
      visit(node.id, depth + 1)
    }
  }
  visit(rootId, 0)
  return rows
}

const ranks = { Degraded: 0, Missing: 1, Unknown: 4, Progressing: 3, Suspended: 5, Healthy: 6 }

/** The worst in a family; smaller is worse. */
function troubleOf(node: Node, children: Map<string, Node[]>): number {
  const own = node.sync === 'OutOfSync' ? 2 : node.health?.status === undefined ? 6 : ranks[node.health.status]
  return Math.min(own, ...(children.get(node.id) ?? []).map((child) => troubleOf(child, children)))
}
