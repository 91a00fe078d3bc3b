import { describe, expect, it } from 'vitest'

import { find, sidesOf, yamlOf } from '@/shared/model/manifest'
import { keyOf, partsOf, shortRevision } from '@/shared/model/resource-key'
import { ago, inWords } from '@/shared/model/time'
import { commit, now } from './applications'

describe('times', () => {
  it.each([
    [0, '0 s'],
    [-5_000, '0 s'],
    [89_000, '89 s'],
    [90_000, '2 min'],
    [89 * 60_000, '89 min'],
    [90 * 60_000, '2 h'],
    [35 * 3_600_000, '35 h'],
    [36 * 3_600_000, '2 d'],
  ])('%i ms are %s', (length, words) => {
    expect(inWords(length)).toBe(words)
  })

  it('that are missing or broken are not shown', () => {
    expect(ago(undefined, now)).toBeUndefined()
    expect(ago('yesterday', now)).toBeUndefined()
  })
})

describe('names', () => {
  it('show seven characters of a commit, and a version whole', () => {
    expect([shortRevision(commit), shortRevision('6.1.0-a-long-version'), shortRevision(undefined)]).toEqual([
      '0123456',
      '6.1.0-a-long-version',
      '',
    ])
  })

  it('keep the end that tells them apart', () => {
    expect(partsOf('guestbook-6b8f7d9c5f-x2kqp').join('')).toBe('guestbook-6b8f7d9c5f-x2kqp')
    expect(partsOf('guestbook-6b8f7d9c5f-x2kqp')[1]).toContain('x2kqp')
    expect(partsOf('short')).toEqual(['', 'short'])
  })

  it('of one object are one key', () => {
    expect(keyOf({ kind: 'Namespace', name: 'web' })).toBe('/Namespace//web')
  })
})

describe('manifests', () => {
  const live = JSON.stringify({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'a', managedFields: [{ manager: 'x' }] },
    data: { key: 'old' },
  })
  const wanted = live.replace('old', 'new')

  it('begin with what they are, and leave out who wrote which field', () => {
    expect(yamlOf(JSON.parse(live) as Record<string, unknown>)).toBe(
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  key: old\n',
    )
  })

  it('are compared as the controller predicts them', () => {
    const { before, after } = sidesOf({
      kind: 'ConfigMap',
      name: 'a',
      targetState: wanted,
      liveState: live,
      normalizedLiveState: live,
      predictedLiveState: wanted,
    })
    expect([before.includes('key: old'), after.includes('key: new')]).toEqual([true, true])
  })

  it('have one side only when created or pruned', () => {
    expect(sidesOf({ kind: 'ConfigMap', name: 'a', targetState: wanted, liveState: 'null' }).before).toBe('')
    expect(
      sidesOf({
        kind: 'ConfigMap',
        name: 'a',
        targetState: '',
        liveState: live,
        normalizedLiveState: live,
        predictedLiveState: live,
      }).after,
    ).toBe('')
  })

  it('are found by their key', () => {
    expect(find([{ kind: 'ConfigMap', name: 'a', namespace: 'web' }], '/ConfigMap/web/a')?.name).toBe('a')
  })
})
