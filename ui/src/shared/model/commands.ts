/** The same act from a terminal: what to type with the CLI, and the call that the page itself makes. */
import type { ApiRequest } from '../api/client'
import type { ApplicationName, Deletion, SyncChoice } from '../api/requests'
import type { ResourceReference } from '../api/types'

const safe = /^[A-Za-z0-9_@%+=:,./-]+$/

/** Quote a word for a POSIX shell where it needs it. */
export function quote(word: string): string {
  return safe.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

const line = (...words: (string | false)[]) =>
  words
    .filter((word) => word !== false && word !== '')
    .map((word) => quote(word as string))
    .join(' ')

/** The control namespace unless the server was told otherwise; there the CLI takes a bare name, elsewhere `namespace/name`. */
const usualNamespace = 'argocd'

export const qualified = ({ namespace, name }: ApplicationName) =>
  namespace === '' || namespace === usualNamespace ? name : `${namespace}/${name}`

export const getCommand = (app: ApplicationName) => line('argosy', 'app', 'get', qualified(app))
export const refreshCommand = (app: ApplicationName, hard: boolean) =>
  line('argosy', 'app', 'get', qualified(app), hard ? '--hard-refresh' : '--refresh')
export const terminateCommand = (app: ApplicationName) => line('argosy', 'app', 'terminate-op', qualified(app))
export const explainCommand = (app: ApplicationName) => line('argosy', 'explain', qualified(app))
export const diffCommand = (app: ApplicationName) => line('argosy', 'app', 'diff', qualified(app))

export const deleteCommand = (app: ApplicationName, how: Deletion) =>
  how === 'non-cascading'
    ? line('argosy', 'app', 'delete', qualified(app), '--cascade=false')
    : line('argosy', 'app', 'delete', qualified(app), '--propagation-policy', how)

export function syncCommand(app: ApplicationName, choice: SyncChoice): string {
  return line(
    'argosy',
    'app',
    'sync',
    qualified(app),
    ...(choice.revision === '' ? [] : ['--revision', choice.revision]),
    choice.prune && '--prune',
    choice.dryRun && '--dry-run',
    choice.force && '--force',
    ...(choice.applyOnly ? ['--strategy', 'apply'] : []),
    ...choice.resources.flatMap((resource) => ['--resource', resourceArgument(resource)]),
  )
}

export function actionCommand(
  app: ApplicationName,
  { group, kind, namespace, name }: ResourceReference,
  action: string,
  parameters: Readonly<Record<string, string>>,
): string {
  const given = (option: string, value: string | undefined) =>
    value === undefined || value === '' ? [] : [option, value]
  return line(
    ...['argosy', 'app', 'actions', 'run', qualified(app), action, '--kind', kind],
    ...given('--group', group),
    ...given('--namespace', namespace),
    ...given('--resource-name', name),
    ...Object.entries(parameters).flatMap(([parameter, value]) => ['--param', `${parameter}=${value}`]),
  )
}

/** `GROUP:KIND:NAME`, or `GROUP:KIND:NAMESPACE/NAME`, as the CLI's `--resource` takes it. */
const resourceArgument = ({ group, kind, namespace, name }: ResourceReference) =>
  `${group ?? ''}:${kind}:${namespace === undefined || namespace === '' ? name : `${namespace}/${name}`}`

/** The call as curl makes it; `$ARGOSY_TOKEN` holds a token from `argosy account generate-token` or a session. */
export function curlOf(request: ApiRequest, origin: string): string {
  const method = request.method === 'GET' ? [] : ['-X', request.method, '-H', quote('Content-Type: application/json')]
  const body = request.body === undefined ? [] : ['-d', quote(JSON.stringify(request.body))]
  return [
    'curl',
    '-H',
    '"Authorization: Bearer $ARGOSY_TOKEN"',
    ...method,
    ...body,
    quote(`${origin}${request.path}`),
  ].join(' ')
}

/** Read the object as it is in the cluster. */
export function kubectlOf(resource: ResourceReference): string {
  const { group, kind, namespace, name } = resource
  const inNamespace = namespace === undefined || namespace === '' ? [] : ['-n', namespace]
  return line(
    'kubectl',
    'get',
    group === undefined || group === '' ? kind : `${kind}.${group}`,
    name,
    ...inNamespace,
    '-o',
    'yaml',
  )
}
