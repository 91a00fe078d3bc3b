import { describe, expect, it } from 'vitest'

import { applicationSearch, listSearch } from '@/app/addresses'
import { parseSearch, safeReturn, stringifySearch } from '@/app/search'

describe('the address', () => {
  it('keeps a text a text', () => {
    expect(parseSearch('?targetRevision=1.10&name=123')).toEqual({ targetRevision: '1.10', name: '123' })
  })

  it('goes there and back', () => {
    const search = { q: 'a b&c', sync: ['OutOfSync', 'Unknown'] }
    expect(parseSearch(stringifySearch(search))).toEqual(search)
    expect(stringifySearch({ q: '', sort: undefined })).toBe('')
  })

  it('leaves out what it does not know', () => {
    expect(listSearch({ sync: 'OutOfSync', sort: 'colour', evil: 'x' })).toEqual({ sync: ['OutOfSync'] })
    expect(applicationSearch({ view: 'list', panel: 'explode', node: 'apps/Deployment/web/web' })).toEqual({
      view: 'list',
      node: 'apps/Deployment/web/web',
    })
  })
})

describe('the way back after signing in', () => {
  it.each(['/applications?q=x', '/applications/argocd/web'])('%s is taken', (target) =>
    expect(safeReturn(target)).toBe(target),
  )
  it.each(['https://evil.example.com', '//evil.example.com', '/\\evil.example.com', 'javascript:alert(1)', ''])(
    '%s is not',
    (target) => expect(safeReturn(target)).toBe('/applications'),
  )
})
