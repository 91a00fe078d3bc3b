import { describe, expect, it } from 'vitest'

import { optionsOf, select, type Filters } from '@/features/applications/filters'
import { applyEvents } from '@/shared/api/streams'
import { keepPlaces } from '@/shared/model/ranking'
import { application } from './applications'

const everything: Filters = {
  text: '',
  sort: 'trouble',
  ticked: { sync: [], health: [], project: [], cluster: [], namespace: [] },
}
const ticking = (ticked: Partial<Filters['ticked']>): Filters => ({
  ...everything,
  ticked: { ...everything.ticked, ...ticked },
})

const well = application('alpha')
const drifted = application('beta', { sync: { status: 'OutOfSync' } }, { project: 'platform' })
const broken = application('gamma', { health: { status: 'Degraded' } })
const rolling = application('delta', { health: { status: 'Progressing' } })
const apps = [well, drifted, broken, rolling]
const names = (filters: Filters) => select(apps, filters).map(({ metadata }) => metadata.name)

describe('the list', () => {
  it('puts what needs a person first', () => {
    expect(names(everything)).toEqual(['gamma', 'beta', 'delta', 'alpha'])
  })

  it('can be in the order of names', () => {
    expect(names({ ...everything, sort: 'name' })).toEqual(['alpha', 'beta', 'delta', 'gamma'])
  })

  it('joins ticks of one facet with or, of two with and', () => {
    expect(names(ticking({ health: ['Degraded', 'Progressing'] }))).toEqual(['gamma', 'delta'])
    expect(names(ticking({ health: ['Degraded'], sync: ['OutOfSync'] }))).toEqual([])
  })

  it('finds every word somewhere in name, repository or path', () => {
    expect(names({ ...everything, text: 'DEMO bet' })).toEqual(['beta'])
    expect(names({ ...everything, text: 'demo zeta' })).toEqual([])
  })

  it('counts what each tick would show beside the other facets', () => {
    expect(optionsOf(apps, ticking({ project: ['platform'] }), 'health')).toEqual([{ value: 'Healthy', count: 1 }])
    expect(optionsOf(apps, ticking({ project: ['platform'] }), 'project')).toEqual([
      { value: 'default', count: 3 },
      { value: 'platform', count: 1 },
    ])
  })

  it('keeps a ticked value in sight when nothing has it', () => {
    expect(optionsOf([well], ticking({ health: ['Degraded'] }), 'health')).toEqual([
      { value: 'Degraded', count: 0 },
      { value: 'Healthy', count: 1 },
    ])
  })
})

describe('rows under a pointer', () => {
  it('stay, and new ones come at the end', () => {
    expect(keepPlaces(['a', 'b', 'c'], ['c', 'd', 'a'])).toEqual(['a', 'c', 'd'])
  })
})

describe('streamed events', () => {
  const list = { resourceVersion: '1', items: [well, drifted] }

  it('change, add and remove, each in its place', () => {
    const changed = application('alpha', { health: { status: 'Degraded' } })
    const next = applyEvents(list, [
      { type: 'MODIFIED', application: changed },
      { type: 'DELETED', application: drifted },
      { type: 'ADDED', application: broken },
    ])
    expect(next.items).toEqual([changed, broken])
  })

  it('leave the same list for the same events, however often they come', () => {
    const events = [{ type: 'MODIFIED' as const, application: application('alpha', { health: { status: 'Missing' } }) }]
    const once = applyEvents(list, events)
    expect(applyEvents(once, events)).toEqual(once)
  })
})
