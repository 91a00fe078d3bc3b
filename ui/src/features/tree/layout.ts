/** Where each box of the tree goes, left to right. Plain function over dagre; runs in `layout-worker`. */
import dagre from '@dagrejs/dagre'

export const boxWidth = 280
export const boxHeight = 56

export interface Shape {
  ids: string[]
  /** Owner and owned. */
  edges: [string, string][]
}

/** The upper left corner of each box, in pixels. */
export type Places = Record<string, { x: number; y: number }>

export function layout({ ids, edges }: Shape): Places {
  const graph = new dagre.graphlib.Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 16, ranksep: 64, marginx: 8, marginy: 8 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const id of ids) graph.setNode(id, { width: boxWidth, height: boxHeight })
  for (const [owner, owned] of edges) graph.setEdge(owner, owned)
  dagre.layout(graph)
  return Object.fromEntries(
    ids.map((id) => {
      const { x, y } = graph.node(id) as { x: number; y: number }
      return [id, { x: x - boxWidth / 2, y: y - boxHeight / 2 }]
    }),
  )
}
