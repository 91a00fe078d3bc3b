import { describe, expect, it } from 'vitest'

import { changed, livingIn } from '@/shared/model/resource-tree'
import { live } from './applications'

const names = (nodes: { name: string }[] | null | undefined) => (nodes ?? []).map(({ name }) => name)

describe('a tree that is kept up to date', () => {
  const tree = {
    nodes: [live('Pod', 'a'), live('Pod', 'b')],
    orphanedNodes: [live('Pod', 'o')],
    hosts: [{ name: 'one' }],
  }

  it('takes what came and changed, and drops what went', () => {
    const after = changed(tree, {
      version: '2',
      nodes: [live('Pod', 'b', { resourceVersion: '9' }), live('Pod', 'c')],
      removed: [{ kind: 'Pod', namespace: 'web', name: 'a' }],
    })
    expect(names(after.nodes)).toEqual(['b', 'c'])
    expect(after.nodes?.[0]?.resourceVersion).toBe('9')
    expect(names(after.orphanedNodes)).toEqual(['o'])
    expect(after.hosts).toEqual([{ name: 'one' }])
  })

  it('moves what became an orphan', () => {
    const after = changed(tree, { version: '2', orphanedNodes: [live('Pod', 'a')] })
    expect(names(after.nodes)).toEqual(['b'])
    expect(names(after.orphanedNodes)).toEqual(['o', 'a'])
  })

  it('begins afresh with a whole tree', () => {
    const after = changed(tree, { version: '1', whole: true, nodes: [live('Pod', 'z')], hosts: [] })
    expect([names(after.nodes), names(after.orphanedNodes), after.hosts]).toEqual([['z'], [], []])
  })

  it('keeps what did not change as the same value, so that it is not drawn again', () => {
    expect(changed(tree, { version: '2', nodes: [live('Pod', 'c')] }).nodes?.[0]).toBe(tree.nodes[0])
  })
})

describe('what lives in a tree', () => {
  it('is what has a uid: a node may stand for what is missing', () => {
    const missing = { kind: 'Service', name: 'web', health: { status: 'Missing' as const } }
    expect(names(livingIn({ nodes: [missing, live('Pod', 'a')] }))).toEqual(['a'])
  })
})
