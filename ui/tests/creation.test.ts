import { describe, expect, it } from 'vitest'

import { createCommand } from '@/features/creation/command'
import { manifestOf, prefilled, valuesOf } from '@/features/creation/draft'
import { refusalOf } from '@/features/creation/refusal'

const filled = prefilled({
  name: 'web',
  repoURL: 'https://git.example.com/demo.git',
  path: 'web',
  targetRevision: '1.10',
  destNamespace: 'web',
  createNamespace: 'true',
  automated: 'true',
  selfHeal: 'true',
})

describe('the form', () => {
  it('is filled by a link, and otherwise has plain defaults', () => {
    expect(filled).toMatchObject({
      name: 'web',
      project: 'default',
      targetRevision: '1.10',
      kind: 'path',
      destServer: 'https://kubernetes.default.svc',
      automated: true,
      prune: false,
    })
    expect(prefilled({ chart: 'podinfo', destName: 'staging' })).toMatchObject({ kind: 'chart', destination: 'name' })
  })

  it('becomes a manifest without empty fields', () => {
    expect(manifestOf(filled)).toEqual({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'web', finalizers: ['resources-finalizer.argocd.argoproj.io'] },
      spec: {
        project: 'default',
        source: { repoURL: 'https://git.example.com/demo.git', path: 'web', targetRevision: '1.10' },
        destination: { server: 'https://kubernetes.default.svc', namespace: 'web' },
        syncPolicy: { automated: { prune: false, selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
      },
    })
    expect(manifestOf(prefilled({ name: 'web' })).spec).not.toHaveProperty('syncPolicy')
  })

  it('comes back from its manifest as it was', () => {
    const helm = {
      ...filled,
      kind: 'chart' as const,
      path: '',
      chart: 'podinfo',
      helmValues: 'replicas: 2\n',
      helmParameters: 'image.tag=1=2\nui.color=red',
    }
    expect(valuesOf(manifestOf(helm))).toEqual(helm)
  })

  it('keeps what only the YAML says', () => {
    const base = {
      metadata: { name: 'web', labels: { team: 'a' }, finalizers: ['example.com/own'] },
      spec: {
        project: 'default',
        source: {
          repoURL: 'x',
          path: 'y',
          directory: { recurse: true },
          helm: { parameters: [{ name: 'a', value: '1', forceString: true }] },
        },
        destination: { server: 's' },
        syncPolicy: { retry: { limit: 3 }, syncOptions: ['ServerSideApply=true'], automated: { allowEmpty: true } },
        ignoreDifferences: [{ kind: 'Deployment' }],
      },
    }
    const manifest = manifestOf({ ...valuesOf(base), name: 'other' }, base)
    expect(manifest.metadata).toEqual({ name: 'other', labels: { team: 'a' }, finalizers: ['example.com/own'] })
    expect(manifest.spec).toMatchObject({
      ignoreDifferences: [{ kind: 'Deployment' }],
      syncPolicy: { retry: { limit: 3 }, syncOptions: ['ServerSideApply=true'], automated: { allowEmpty: true } },
    })
    expect(manifest.spec.source).toMatchObject({
      directory: { recurse: true },
      helm: { parameters: [{ name: 'a', value: '1', forceString: true }] },
    })
  })
})

describe("the server's refusal", () => {
  const of = (problem: string) => refusalOf(`application spec for web is invalid: ${problem}`, filled)

  it.each([
    ['spec.source.path: app path does not exist', 'path'],
    ['spec.sources[0].repoURL: repository not accessible', 'repoURL'],
    ['spec.source: one of path and chart is required', 'path'],
    ['spec.destination.server: no cluster with this address', 'destServer'],
    ['spec.destination: is not permitted in project default', 'destServer'],
    ['spec.destination.namespace: is no namespace name', 'destNamespace'],
    ['spec.project: does not exist', 'project'],
    ['spec.source.helm.valueFiles: not found', 'helmValues'],
    ['metadata.name: must be a DNS-1123 subdomain', 'name'],
  ])('%s stands at its field', (problem, field) => {
    expect(of(problem)).toEqual({ fields: { [field]: problem.replace(/^[^:]*: /, '') }, rest: '' })
  })

  it('of several fields stands at each, whatever words are in it', () => {
    expect(of('spec.source.path: a; b does not exist; spec.project: c; spec.project: d')).toEqual({
      fields: { path: 'a; b does not exist', project: 'c; d' },
      rest: '',
    })
  })

  it('of an application that is there stands at the name', () => {
    expect(
      refusalOf(
        'existing application spec is different; use upsert flag to force update; different: spec.source',
        filled,
      ).fields,
    ).toHaveProperty('name')
  })

  it('stands above the button when it names no field of the form', () => {
    expect(of('spec.syncPolicy.retry.backoff.duration: is no length of time').rest).toContain('is no length of time')
    expect(refusalOf('the control plane is away', filled)).toEqual({ fields: {}, rest: 'the control plane is away' })
  })
})

describe('the command', () => {
  it('says what the form says', () => {
    expect(createCommand(filled)).toBe(
      'argosy app create web --repo https://git.example.com/demo.git --path web --revision 1.10 --dest-server https://kubernetes.default.svc --dest-namespace web --sync-policy automated --self-heal --sync-option CreateNamespace=true --set-finalizer',
    )
  })
})
