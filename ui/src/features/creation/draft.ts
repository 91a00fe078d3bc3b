/**
 * An Application between the form and its YAML. The form's values are a view of the manifest: `valuesOf` reads them
 * out, `manifestOf` writes them back and keeps whatever the form does not know.
 */
import type { Application, ApplicationSpec, Destination, HelmSource, Source, SyncPolicy } from '@/shared/api/types'

export interface Values {
  name: string
  project: string
  repoURL: string
  targetRevision: string
  kind: 'path' | 'chart'
  path: string
  chart: string
  /** Helm's values as YAML text. */
  helmValues: string
  /** Helm's parameters, `name=value` a line. */
  helmParameters: string
  destination: 'server' | 'name'
  destServer: string
  destName: string
  destNamespace: string
  automated: boolean
  prune: boolean
  selfHeal: boolean
  createNamespace: boolean
  cascade: boolean
}

export const inCluster = 'https://kubernetes.default.svc'
const createNamespaceOption = 'CreateNamespace=true'
const cascadeFinalizer = 'resources-finalizer.argocd.argoproj.io'

const blank: Values = {
  name: '',
  project: 'default',
  repoURL: '',
  targetRevision: '',
  kind: 'path',
  path: '',
  chart: '',
  helmValues: '',
  helmParameters: '',
  destination: 'server',
  destServer: inCluster,
  destName: '',
  destNamespace: '',
  automated: false,
  prune: false,
  selfHeal: false,
  createNamespace: false,
  cascade: true,
}

/** The form as a link fills it: parameters named like the values. Unknown ones are left alone. */
export function prefilled(parameters: Record<string, string>): Values {
  const texts = [
    'name',
    'project',
    'repoURL',
    'targetRevision',
    'path',
    'chart',
    'helmValues',
    'helmParameters',
    'destServer',
    'destName',
    'destNamespace',
  ] as const
  const switches = ['automated', 'prune', 'selfHeal', 'createNamespace'] as const
  const values = { ...blank }
  for (const name of texts) values[name] = parameters[name] ?? blank[name]
  for (const name of switches) values[name] = parameters[name] === 'true'
  return {
    ...values,
    kind: values.chart === '' ? 'path' : 'chart',
    destination: values.destName === '' ? 'server' : 'name',
  }
}

export function valuesOf(app: Partial<Application>): Values {
  const spec: Partial<ApplicationSpec> = app.spec ?? {}
  return {
    name: app.metadata?.name ?? '',
    project: spec.project ?? 'default',
    ...sourceValuesOf(spec.source ?? {}),
    ...destinationValuesOf(spec.destination ?? {}),
    ...policyValuesOf(spec.syncPolicy ?? {}),
    cascade: (app.metadata?.finalizers ?? []).some((finalizer) => finalizer.startsWith(cascadeFinalizer)),
  }
}

function policyValuesOf({ automated, syncOptions }: SyncPolicy) {
  return {
    automated: automated !== undefined && automated.enabled !== false,
    prune: automated?.prune === true,
    selfHeal: automated?.selfHeal === true,
    createNamespace: (syncOptions ?? []).includes(createNamespaceOption),
  }
}

function sourceValuesOf(source: Partial<Source>) {
  return {
    repoURL: source.repoURL ?? '',
    targetRevision: source.targetRevision ?? '',
    kind: source.chart === undefined ? ('path' as const) : ('chart' as const),
    path: source.path ?? '',
    chart: source.chart ?? '',
    helmValues: source.helm?.values ?? '',
    helmParameters: (source.helm?.parameters ?? []).map(({ name, value }) => `${name}=${value}`).join('\n'),
  }
}

function destinationValuesOf(destination: Destination) {
  return {
    destination: destination.name === undefined ? ('server' as const) : ('name' as const),
    destServer: destination.server ?? '',
    destName: destination.name ?? '',
    destNamespace: destination.namespace ?? '',
  }
}

/** The manifest that the values describe, on top of what `base` says besides. */
export function manifestOf(values: Values, base: Partial<Application> = {}): Application {
  const { destination, source: before, syncPolicy, ...spec } = base.spec ?? { project: '', destination: {} }
  const { finalizers: known = [], ...metadata } = base.metadata ?? { name: '' }
  const finalizers = [
    ...known.filter((finalizer) => !finalizer.startsWith(cascadeFinalizer)),
    ...(values.cascade ? [cascadeFinalizer] : []),
  ]
  return {
    ...base,
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { ...metadata, name: values.name, ...given('finalizers', finalizers) },
    spec: {
      ...spec,
      project: values.project,
      ...(spec.sources === undefined ? { source: sourceOf(values, before) } : {}),
      destination: destinationOf(values, destination),
      ...given('syncPolicy', syncPolicyOf(values, syncPolicy)),
    },
  }
}

function sourceOf(values: Values, before: Partial<Source> = {}): Source {
  const { path, chart, targetRevision, helm, ...rest } = before
  return {
    ...rest,
    repoURL: values.repoURL,
    ...(values.kind === 'path' ? { path: values.path } : { chart: values.chart }),
    ...given('targetRevision', values.targetRevision),
    ...given('helm', helmOf(values, helm)),
  }
}

function helmOf(values: Values, before: HelmSource = {}): HelmSource {
  const { values: text, parameters: old = [], ...rest } = before
  const parameters = values.helmParameters
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...value] = line.split('=')
      const known = old.find((parameter) => parameter.name === name.trim())
      return { ...known, name: name.trim(), value: value.join('=').trim() }
    })
  return { ...rest, ...given('values', values.helmValues), ...given('parameters', parameters) }
}

function destinationOf(values: Values, before: Destination): Destination {
  const { server, name, namespace, ...rest } = before
  const cluster = values.destination === 'server' ? { server: values.destServer } : { name: values.destName }
  return { ...rest, ...cluster, ...given('namespace', values.destNamespace) }
}

function syncPolicyOf(values: Values, before: ApplicationSpec['syncPolicy'] = {}): ApplicationSpec['syncPolicy'] {
  const { automated, syncOptions, ...rest } = before
  const { enabled, ...flags } = automated ?? {}
  const options = [
    ...(syncOptions ?? []).filter((option) => option !== createNamespaceOption),
    ...(values.createNamespace ? [createNamespaceOption] : []),
  ]
  return {
    ...rest,
    ...(values.automated ? { automated: { ...flags, prune: values.prune, selfHeal: values.selfHeal } } : {}),
    ...given('syncOptions', options),
  }
}

/** The field, or nothing where its value is empty. */
function given<Name extends string, Value>(name: Name, value: Value): { [key in Name]?: NonNullable<Value> } {
  const isEmpty =
    value === '' ||
    value === undefined ||
    value === null ||
    (typeof value === 'object' && Object.keys(value).length === 0)
  return (isEmpty ? {} : { [name]: value }) as { [key in Name]?: NonNullable<Value> }
}
