/** Names one Kubernetes object inside an application, also in the page's address. */
import type { ResourceReference } from '../api/types'

/** `group/Kind/namespace/name`; the core group and cluster-wide objects leave their part empty. */
export function keyOf({ group, kind, namespace, name }: ResourceReference): string {
  return [group ?? '', kind, namespace ?? '', name].join('/')
}

/** `apps/Deployment`, or `Service` in the core group. */
export function kindOf({ group, kind }: Pick<ResourceReference, 'group' | 'kind'>): string {
  return group === undefined || group === '' ? kind : `${group}/${kind}`
}

const short = 7
const sha = /^[0-9a-f]{40}$/

/** Seven characters of a commit; a tag, branch or chart version stays whole. */
export function shortRevision(revision: string | undefined): string {
  if (revision === undefined || revision === '') return ''
  return sha.test(revision) ? revision.slice(0, short) : revision
}

const tailLength = 14

/** A name in two parts, of which only the first may be cut: what tells generated names apart stands at their ends. */
export function partsOf(name: string): [head: string, tail: string] {
  return name.length <= tailLength ? ['', name] : [name.slice(0, -tailLength), name.slice(-tailLength)]
}
