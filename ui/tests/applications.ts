/** Applications for the tests: a settled one, and what a test says to be different. */
import type { Application, ApplicationStatus, ResourceNode, ResourceStatus } from '@/shared/api/types'

export const now = Date.parse('2026-03-01T14:30:00Z')
export const commit = '0123456789abcdef0123456789abcdef01234567'

export function application(
  name: string,
  status: ApplicationStatus = {},
  spec: Partial<Application['spec']> = {},
): Application {
  return {
    metadata: { name, namespace: 'argocd' },
    spec: {
      project: 'default',
      source: { repoURL: 'https://git.example.com/demo.git', path: name },
      destination: { server: 'https://kubernetes.default.svc', namespace: name },
      ...spec,
    },
    status: {
      sync: { status: 'Synced', revision: commit },
      health: { status: 'Healthy' },
      reconciledAt: '2026-03-01T14:29:00Z',
      ...status,
    },
  }
}

export const managed = (kind: string, name: string, more: Partial<ResourceStatus> = {}): ResourceStatus => ({
  kind,
  name,
  namespace: 'web',
  status: 'Synced',
  ...more,
})

export const live = (kind: string, name: string, more: Partial<ResourceNode> = {}): ResourceNode => ({
  kind,
  name,
  namespace: 'web',
  uid: `${kind}-${name}`,
  ...more,
})
