/** Puts many quiet siblings into one box, so that a Deployment with fifty Pods is not a wall. What is not well stays outside. */
import { childrenOf, isTroubled, type Node } from './graph'

/** Several siblings of one kind, none of which needs a look. */
export interface Group {
  id: string
  parents: string[]
  kind: string
  members: Node[]
}

export type Drawn = Node | Group

export const isGroup = (drawn: Drawn): drawn is Group => 'members' in drawn

/** This many siblings are still shown one by one. */
const few = 4

/** The nodes to draw: quiet leaves of one owner and kind become a group, unless it was opened. */
export function grouped(nodes: readonly Node[], opened: ReadonlySet<string>): Drawn[] {
  const owners = new Set(childrenOf(nodes).keys())
  const families = new Map<string, Node[]>()
  for (const node of nodes) {
    if (owners.has(node.id) || node.sync !== undefined || isTroubled(node) || node.health?.status === 'Progressing')
      continue
    const id = `group:${node.parents.join('+')}:${node.resource.kind}`
    families.set(id, [...(families.get(id) ?? []), node])
  }
  const hidden = new Map<Node, string>()
  for (const [id, members] of families) {
    if (members.length <= few || opened.has(id)) continue
    for (const member of members) hidden.set(member, id)
  }
  return replaceHidden(nodes, hidden, families)
}

/** A group stands where its first member stood, so that nothing else moves. */
function replaceHidden(nodes: readonly Node[], hidden: Map<Node, string>, families: Map<string, Node[]>): Drawn[] {
  const placed = new Set<string>()
  return nodes.flatMap((node): Drawn[] => {
    const id = hidden.get(node)
    if (id === undefined) return [node]
    if (placed.has(id)) return []
    placed.add(id)
    return [{ id, parents: node.parents, kind: node.resource.kind, members: families.get(id) ?? [] }]
  })
}
