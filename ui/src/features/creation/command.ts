/** The CLI's way to say what the form says. */
import { quote } from '@/shared/model/commands'
import type { Values } from './draft'

export function createCommand(values: Values): string {
  const flags: [string, string | boolean][] = [
    ['--project', values.project === 'default' ? '' : values.project],
    ['--repo', values.repoURL],
    ['--path', values.kind === 'path' ? values.path : ''],
    ['--helm-chart', values.kind === 'chart' ? values.chart : ''],
    ['--revision', values.targetRevision],
    ['--dest-server', values.destination === 'server' ? values.destServer : ''],
    ['--dest-name', values.destination === 'name' ? values.destName : ''],
    ['--dest-namespace', values.destNamespace],
    ...values.helmParameters.split('\n').map((line): [string, string] => ['--helm-set', line.trim()]),
    ['--values-literal-file', values.helmValues === '' ? '' : 'values.yaml'],
    ['--sync-policy', values.automated ? 'automated' : ''],
    ['--auto-prune', values.automated && values.prune],
    ['--self-heal', values.automated && values.selfHeal],
    ['--sync-option', values.createNamespace ? 'CreateNamespace=true' : ''],
    ['--set-finalizer', values.cascade],
  ]
  const words = flags.flatMap(([flag, value]) =>
    value === true ? [flag] : value === false || value === '' ? [] : [flag, value],
  )
  return ['argosy', 'app', 'create', values.name === '' ? 'NAME' : values.name, ...words].map(quote).join(' ')
}
