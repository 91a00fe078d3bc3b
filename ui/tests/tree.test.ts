import { describe, expect, it } from 'vitest'

import { graphOf, rootId, rowsOf, troubledOnly } from '@/features/tree/graph'
import { grouped, isGroup } from '@/features/tree/grouping'
import { layout } from '@/features/tree/layout'
import { application, live, managed } from './applications'

const deployment = live('Deployment', 'web', { group: 'apps' })
const replicas = live('ReplicaSet', 'web-1', { group: 'apps', parentRefs: [deployment] })
const pod = (name: string, more = {}) =>
  live('Pod', name, { parentRefs: [replicas], health: { status: 'Healthy' }, ...more })
const app = application('web', {
  resources: [
    managed('Deployment', 'web', { group: 'apps' }),
    managed('Service', 'web', { status: 'OutOfSync', health: { status: 'Missing' } }),
    managed('Job', 'hook', { hook: true }),
  ],
})

describe('the graph', () => {
  it('hangs what has no living owner under the application, and the rest under its owner', () => {
    const parents = Object.fromEntries(
      graphOf(app, { nodes: [replicas, pod('web-1-a'), deployment] }).map(({ id, parents: owners }) => [id, owners]),
    )
    expect(parents).toEqual({
      'apps/Deployment/web/web': [rootId],
      'apps/ReplicaSet/web/web-1': ['apps/Deployment/web/web'],
      '/Pod/web/web-1-a': ['apps/ReplicaSet/web/web-1'],
      '/Service/web/web': [rootId],
    })
  })

  it('shows what is missing, and leaves hooks out', () => {
    const nodes = graphOf(app, { nodes: [deployment] })
    expect(nodes.find(({ resource }) => resource.kind === 'Service')).toMatchObject({
      live: undefined,
      sync: 'OutOfSync',
      health: { status: 'Missing' },
    })
    expect(nodes.some(({ resource }) => resource.kind === 'Job')).toBe(false)
  })

  it('does not depend on the order in which objects are told', () => {
    const nodes = [deployment, replicas, pod('web-1-a'), pod('web-1-b')]
    const ids = (tree: typeof nodes) => graphOf(app, { nodes: tree }).map(({ id }) => id)
    expect(ids([...nodes].reverse())).toEqual(ids(nodes))
  })

  it('survives no nodes at all', () => {
    expect(graphOf(application('web'), { nodes: null })).toEqual([])
  })
})

describe('grouping', () => {
  const pods = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => pod(`web-1-${letter}`))

  it('puts many quiet siblings into one box, and leaves what is not well outside', () => {
    const sick = pod('web-1-x', { health: { status: 'Degraded' } })
    const drawn = grouped(graphOf(app, { nodes: [deployment, replicas, ...pods, sick] }), new Set())
    expect(drawn.filter(isGroup).map(({ members }) => members.length)).toEqual([6])
    expect(drawn.some(({ id }) => id === '/Pod/web/web-1-x')).toBe(true)
  })

  it('leaves a few alone, and opens when asked', () => {
    const nodes = graphOf(app, { nodes: [deployment, replicas, ...pods] })
    const [group] = grouped(nodes, new Set()).filter(isGroup)
    expect(grouped(nodes, new Set([group?.id ?? ''])).some(isGroup)).toBe(false)
    expect(grouped(graphOf(app, { nodes: [deployment, replicas, ...pods.slice(0, 4)] }), new Set()).some(isGroup)).toBe(
      false,
    )
  })
})

describe('only what is not well', () => {
  it('keeps the way to it and what it owns', () => {
    const sick = pod('web-1-x', { health: { status: 'Degraded' } })
    const kept = troubledOnly(
      graphOf(app, { nodes: [deployment, replicas, pod('web-1-a'), sick, live('ConfigMap', 'quiet')] }),
    ).map(({ resource }) => resource.name)
    expect(kept).toEqual(['web', 'web-1-x', 'web-1', 'web'])
  })
})

describe('the list of objects', () => {
  it('indents what is owned, and puts troubled families first', () => {
    const sick = pod('web-1-x', { health: { status: 'Degraded' } })
    const rows = rowsOf(graphOf(app, { nodes: [live('ConfigMap', 'quiet'), deployment, replicas, sick] }))
    expect(rows.map(({ node, depth }) => [node.resource.kind, depth])).toEqual([
      ['Deployment', 0],
      ['ReplicaSet', 1],
      ['Pod', 2],
      ['Service', 0],
      ['ConfigMap', 0],
    ])
  })
})

describe('the layout', () => {
  it('goes from left to right, and no two boxes overlap', () => {
    const places = layout({
      ids: ['a', 'b', 'c', 'd'],
      edges: [
        ['a', 'b'],
        ['a', 'c'],
        ['c', 'd'],
      ],
    })
    expect(places['b']?.x).toBeGreaterThan(places['a']?.x ?? Infinity)
    expect(places['d']?.x).toBeGreaterThan(places['c']?.x ?? Infinity)
    expect(Math.abs((places['b']?.y ?? 0) - (places['c']?.y ?? 0))).toBeGreaterThanOrEqual(56)
  })

  it('puts the same tree in the same places', () => {
    const shape = {
      ids: ['a', 'b', 'c'],
      edges: [
        ['a', 'b'],
        ['a', 'c'],
      ] as [string, string][],
    }
    expect(layout(shape)).toEqual(layout(shape))
  })
})
