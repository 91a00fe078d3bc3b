import { describe, expect, it } from 'vitest'

import { fieldsOf, hiddenOf, sideOf, writerOf } from '@/shared/model/explanation'
import type { Explanation } from '@/shared/api/explanation'

const replicas = { path: 'spec.replicas', live: '3', desired: '2' }
const paused = { path: 'spec.paused', live: 'true' }
const web = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' }
const explanation: Explanation = {
  summary: 'OutOfSync: 1 object differs.',
  nextStep: 'Automated sync is off.',
  objects: [
    { kind: 'Service', namespace: 'shop', name: 'web' },
    { ...web, fields: [replicas] },
  ],
  rules: [
    {
      rule: 'one',
      hides: 2,
      fields: [
        { ...web, field: paused },
        { ...web, name: 'db', field: replicas },
      ],
    },
    { rule: 'two', hides: 1, fields: [{ ...web, name: 'db', field: replicas }] },
  ],
}

describe('an explanation', () => {
  it('has the fields of an object by its key', () => {
    expect(fieldsOf(explanation, 'apps/Deployment/shop/web')).toEqual([replicas])
    expect(fieldsOf(explanation, '/Service/shop/web')).toEqual([])
    expect(fieldsOf(explanation, 'apps/Deployment/shop/other')).toEqual([])
    expect(fieldsOf(undefined, 'apps/Deployment/shop/web')).toEqual([])
  })

  it('has what rules hide of one object, and only of that', () => {
    expect(hiddenOf(explanation, 'apps/Deployment/shop/web')).toEqual([{ rule: 'one', fields: [paused] }])
    expect(hiddenOf(explanation, 'apps/Deployment/shop/db').map(({ rule }) => rule)).toEqual(['one', 'two'])
  })

  it.each([
    [{ manager: 'kubectl-edit', operation: 'Update' }, 'updated by kubectl-edit'],
    [{ manager: 'argosy', operation: 'Apply' }, 'applied by argosy'],
    [{ manager: 'old' }, 'written by old'],
    [{}, ''],
  ])('says who wrote %o', (owner, words) => {
    expect(writerOf({ path: 'x', ...owner })).toBe(words)
  })

  it('tells an empty text from none', () => {
    expect([sideOf('""'), sideOf(undefined), sideOf('')]).toEqual(['""', 'absent', 'absent'])
  })
})
