import type { Application, ResourceNode, ResourceReference, ResourceStatus } from '@/shared/api/types'
import { applicationNameOf, readResource } from '@/shared/api/requests'
import { changeOf } from '@/shared/model/application'
import { kubectlOf } from '@/shared/model/commands'
import { kindOf } from '@/shared/model/resource-key'
import { exactly } from '@/shared/model/time'
import { Age } from '@/shared/ui/age'
import { AsCommand } from '@/shared/ui/as-command'
import classes from './resource-drawer.module.css'

interface Props {
  app: Application
  resource: ResourceReference
  node: ResourceNode | undefined
  status: ResourceStatus | undefined
}

export function Summary({ app, resource, node, status }: Props) {
  return (
    <>
      <dl className={classes['facts']}>
        {factsOf(resource, node, status).map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {node?.createdAt === undefined ? null : (
          <div>
            <dt>Created</dt>
            <dd>
              <Age time={node.createdAt} /> ago <span className="dim">({exactly(node.createdAt)})</span>
            </dd>
          </div>
        )}
        {(node?.images ?? []).map((image) => (
          <div key={image}>
            <dt>Image</dt>
            <dd>
              <code>{image}</code>
            </dd>
          </div>
        ))}
        {(node?.info ?? []).map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {node === undefined ? null : (
        <AsCommand acts={[{ cli: kubectlOf(resource), request: readResource(applicationNameOf(app), resource) }]} />
      )}
    </>
  )
}

const changes = {
  create: 'Missing: a sync creates it',
  change: 'Out of sync: what runs is not what Git says',
  prune: 'Out of sync: no longer in Git, a sync with prune deletes it',
}

function factsOf(
  resource: ResourceReference,
  node: ResourceNode | undefined,
  status: ResourceStatus | undefined,
): [string, string][] {
  const health = node?.health ?? status?.health
  const change = status === undefined ? undefined : changeOf(status)
  const facts: [string, string | undefined][] = [
    ['Health', health === undefined ? undefined : [health.status, health.message].filter(Boolean).join(': ')],
    ['Sync', change === undefined ? status?.status : changes[change]],
    ['Kind', [kindOf(resource), resource.version].filter(Boolean).join(', ')],
    ['Namespace', resource.namespace],
    ['Wave', status?.syncWave === undefined ? undefined : String(status.syncWave)],
    ['Owned by', (node?.parentRefs ?? []).map((parent) => `${parent.kind} ${parent.name}`).join(', ')],
  ]
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== '')
}
