/** The resource tree as a picture. Loaded when first looked at. */
import {
  Background,
  Controls,
  MiniMap,
  Panel,
  ReactFlow,
  useReactFlow,
  type Edge,
  type Node as FlowNode,
} from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { Checkbox } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useEffect, useMemo, useRef, useState, type ReactNode, type RefObject } from 'react'

import type { Application, ResourceTree } from '@/shared/api/types'
import { WaitNote } from '@/shared/ui/notes'
import { Box, type Content } from './box'
import { graphOf, isTroubled, rootId, troubledOnly } from './graph'
import { grouped, isGroup, type Drawn } from './grouping'
import { boxHeight, boxWidth, type Places, type Shape } from './layout'
import classes from './tree-view.module.css'
import { useLayout } from './use-layout'

interface Props {
  app: Application
  tree: ResourceTree
  selected: string | undefined
  open: (id: string) => void
}

const boxes = { box: Box }

export default function TreeView({ app, tree, selected, open }: Props) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const [narrowed, setNarrowed] = useState(false)
  const nodes = useMemo(() => graphOf(app, tree), [app, tree])
  const troubled = nodes.filter(isTroubled).length
  const drawn = useMemo(
    () => grouped(narrowed && troubled > 0 ? troubledOnly(nodes) : nodes, opened),
    [nodes, narrowed, troubled, opened],
  )
  const shape = useMemo(() => shapeOf(drawn), [drawn])
  const places = useLayout(shape)
  const contentOf = (one: Drawn): Content =>
    isGroup(one)
      ? { type: 'group', group: one, unfold: () => setOpened(new Set([...opened, one.id])) }
      : { type: 'object', node: one, selected: one.id === selected, open: () => open(one.id) }
  if (places === undefined) return <WaitNote>Laying the tree out…</WaitNote>
  const contents: [string, Content][] = [
    [rootId, { type: 'application', application: app }],
    ...drawn.map((one): [string, Content] => [one.id, contentOf(one)]),
  ]
  const only =
    troubled === 0 || troubled === nodes.length ? null : (
      <Checkbox
        className={classes['only'] ?? ''}
        label={`Only what is not well (${troubled})`}
        checked={narrowed}
        onChange={(event) => setNarrowed(event.currentTarget.checked)}
      />
    )
  return <Picture key={String(narrowed)} contents={contents} shape={shape} places={places} tool={only} />
}

function shapeOf(drawn: Drawn[]): Shape {
  return {
    ids: [rootId, ...drawn.map(({ id }) => id)],
    edges: drawn.flatMap(({ id, parents }) => parents.map((parent): [string, string] => [parent, id])),
  }
}

/** More than this many boxes: only those in view exist, and a small map helps to find the way. */
const many = 60

interface PictureProps {
  contents: [string, Content][]
  shape: Shape
  places: Places
  tool: ReactNode
}

function Picture({ contents, shape, places, tool }: PictureProps) {
  const wide = useMediaQuery('(min-width: 768px)')
  const moved = useRef(false)
  const touch = () => {
    moved.current = true
  }
  const nodes = contents.flatMap(([id, content]): FlowNode[] => {
    const position = places[id]
    return position === undefined
      ? []
      : [{ id, type: 'box', position, data: { content }, width: boxWidth, height: boxHeight }]
  })
  const edges = shape.edges.map(([source, target]): Edge => ({
    id: `${source}>${target}`,
    source,
    target,
    type: 'smoothstep',
    focusable: false,
  }))
  return (
    <div
      className={classes['picture']}
      role="region"
      aria-label="Resource tree"
      onPointerDownCapture={touch}
      onWheelCapture={touch}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={boxes}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        panOnScroll
        minZoom={0.1}
        maxZoom={1.25}
        onlyRenderVisibleElements={nodes.length > many}
      >
        <Start places={places} moved={moved} />
        <Panel position="top-right">{tool}</Panel>
        <Background gap={24} color="var(--line)" />
        <Controls showInteractive={false} position="bottom-left" />
        {nodes.length > many && wide ? <MiniMap pannable zoomable nodeColor={colourOf} /> : null}
      </ReactFlow>
    </div>
  )
}

function colourOf({ data }: FlowNode): string {
  const content = data['content'] as Content
  if (content.type !== 'object' || !isTroubled(content.node)) return 'var(--text-dim)'
  return content.node.health?.status === 'Degraded' ? 'var(--error)' : 'var(--warning)'
}

/** Below this zoom nothing can be read. */
const readable = 0.65
const near = 0.85

/** Shows the whole tree if it can be read whole, else its root; and again as it grows, until the user takes the view in hand. */
function Start({ places, moved }: { places: Places; moved: RefObject<boolean> }) {
  const flow = useReactFlow()
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const picture = frame.current?.closest('.react-flow')
    const root = places[rootId]
    if (moved.current || picture === null || picture === undefined || root === undefined) return
    void flow.setViewport(viewOf(places, root, { width: picture.clientWidth, height: picture.clientHeight }))
  }, [flow, places, moved])
  return <div ref={frame} hidden />
}

function viewOf(places: Places, root: { y: number }, frame: { width: number; height: number }) {
  const all = Object.values(places)
  const width = Math.max(...all.map(({ x }) => x)) + boxWidth
  const height = Math.max(...all.map(({ y }) => y)) + boxHeight
  const zoom = Math.min(1, (frame.width - 48) / width, (frame.height - 48) / height)
  if (zoom < readable) return { zoom: near, x: 24, y: frame.height / 2 - (root.y + boxHeight / 2) * near }
  return { zoom, x: Math.min(24, (frame.width - width * zoom) / 2), y: (frame.height - height * zoom) / 2 }
}
