import { describe, expect, it } from 'vitest'

import { choiceOf, draftOf, itemsOf, remarksOf, summaryOf } from '@/features/sync/plan'
import { deleteApplication, syncApplication } from '@/shared/api/requests'
import { curlOf, deleteCommand, quote, refreshCommand, syncCommand } from '@/shared/model/commands'
import { application, managed } from './applications'

const app = application('web', {
  sync: { status: 'OutOfSync' },
  resources: [
    managed('Service', 'web'),
    managed('Deployment', 'web', { group: 'apps', status: 'OutOfSync' }),
    managed('Job', 'old', { group: 'batch', status: 'OutOfSync', requiresPruning: true }),
    managed('Pod', 'hook', { hook: true }),
  ],
})
const items = itemsOf(app)
const draft = draftOf(app)
const name = { namespace: 'argocd', name: 'web' }

describe('the plan of a sync', () => {
  it('shows what would change first, deletions before all', () => {
    expect(items.map(({ resource, change }) => [resource.name, change])).toEqual([
      ['old', 'prune'],
      ['web', 'change'],
      ['web', undefined],
    ])
  })

  it('asks for no list of objects when all take part, so that hooks run', () => {
    expect(choiceOf(draft, items).resources).toEqual([])
    expect(
      choiceOf({ ...draft, left: new Set(['/Service/web/web']) }, items).resources.map(({ kind }) => kind),
    ).toEqual(['Job', 'Deployment'])
  })

  it('counts deletions only when prune is on', () => {
    expect(summaryOf(draft, items)).toBe('1 change')
    expect(summaryOf({ ...draft, prune: true }, items)).toBe('1 change, 1 deletion')
  })

  it('warns of what is deleted, and says what stays', () => {
    expect(remarksOf(app, { ...draft, prune: true }, items)).toContainEqual({
      serious: true,
      text: 'Deletes 1 object: batch/Job old.',
    })
    expect(remarksOf(app, draft, items)).toContainEqual({
      serious: false,
      text: 'Prune is off, so batch/Job old stays although no longer in Git.',
    })
  })

  it('starts as the policy prunes', () => {
    expect(draftOf(application('web', {}, { syncPolicy: { automated: { prune: true } } })).prune).toBe(true)
  })
})

describe('the request', () => {
  const choice = { ...choiceOf(draft, items), prune: true, revision: 'v2' }

  it('says what was chosen and nothing else', () => {
    expect(syncApplication(name, choice)).toEqual({
      method: 'POST',
      path: '/api/v1/applications/web/sync',
      body: { appNamespace: 'argocd', revision: 'v2', prune: true, dryRun: false },
    })
  })

  it('names the selected objects by group, kind, namespace and name', () => {
    const [job] = items
    if (job === undefined) throw new Error('no items')
    expect(syncApplication(name, { ...choice, resources: [job.resource] }).body).toMatchObject({
      resources: [{ group: 'batch', kind: 'Job', namespace: 'web', name: 'old' }],
    })
  })

  it('never sends a propagation policy with a deletion that does not cascade', () => {
    expect(deleteApplication(name, 'non-cascading').path).toBe(
      '/api/v1/applications/web?cascade=false&appNamespace=argocd',
    )
    expect(deleteApplication(name, 'background').path).toContain('propagationPolicy=background')
  })
})

describe('the command line', () => {
  it('says the same', () => {
    const [job] = items
    if (job === undefined) throw new Error('no items')
    expect(syncCommand(name, { ...draft, prune: true, dryRun: true, resources: [job.resource] })).toBe(
      'argosy app sync web --prune --dry-run --resource batch:Job:web/old',
    )
    expect(deleteCommand({ namespace: 'team', name: 'web' }, 'foreground')).toBe(
      'argosy app delete team/web --propagation-policy foreground',
    )
    expect(refreshCommand(name, true)).toBe('argosy app get web --hard-refresh')
  })

  it('quotes what a shell would read otherwise', () => {
    expect(quote("it's $HOME")).toBe(`'it'\\''s $HOME'`)
    expect(quote('')).toBe("''")
  })

  it('gives the call with its body and no token', () => {
    expect(curlOf({ method: 'POST', path: '/api/v1/x?a=b&c=d', body: { a: 1 } }, 'http://127.0.0.1:8080')).toBe(
      `curl -H "Authorization: Bearer $ARGOSY_TOKEN" -X POST -H 'Content-Type: application/json' -d '{"a":1}' 'http://127.0.0.1:8080/api/v1/x?a=b&c=d'`,
    )
  })
})
