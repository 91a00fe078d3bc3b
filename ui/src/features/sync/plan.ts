/** What pressing Sync would do, as far as the last comparison knows, in plain values and words. */
import type { SyncChoice } from '@/shared/api/requests'
import type { Application, ResourceStatus } from '@/shared/api/types'
import { changeOf, runningOperation, type Change } from '@/shared/model/application'
import { keyOf, kindOf } from '@/shared/model/resource-key'

export interface Item {
  key: string
  resource: ResourceStatus
  /** `undefined`: it is as Git says, and would be applied all the same. */
  change: Change | undefined
}

const ranks: Record<Change | 'none', number> = { prune: 0, change: 1, create: 2, none: 3 }

/** All objects of the application, those that would change first. */
export function itemsOf(app: Application): Item[] {
  const items = (app.status?.resources ?? [])
    .filter(({ hook }) => hook !== true)
    .map((resource) => ({ key: keyOf(resource), resource, change: changeOf(resource) }))
  return items.sort((a, b) => ranks[a.change ?? 'none'] - ranks[b.change ?? 'none'] || (a.key < b.key ? -1 : 1))
}

export interface Draft extends Omit<SyncChoice, 'resources'> {
  /** Keys of what is left out; so an object that appears meanwhile is in. */
  left: ReadonlySet<string>
}

export function draftOf(app: Application): Draft {
  const automated = app.spec.syncPolicy?.automated
  return {
    revision: '',
    prune: automated?.prune === true,
    dryRun: false,
    force: false,
    applyOnly: false,
    left: new Set(),
  }
}

/** The request's choice: no list of objects where all are in, since a selective sync runs no hooks and leaves no history. */
export function choiceOf({ left, ...draft }: Draft, items: Item[]): SyncChoice {
  const chosen = items.filter(({ key }) => !left.has(key))
  return { ...draft, resources: chosen.length === items.length ? [] : chosen.map(({ resource }) => resource) }
}

export interface Remark {
  serious: boolean
  text: string
}

/** What somebody should know before pressing the button. */
export function remarksOf(app: Application, draft: Draft, items: Item[]): Remark[] {
  const chosen = items.filter(({ key }) => !draft.left.has(key))
  const prunes = chosen.filter(({ change }) => change === 'prune')
  const remarks: (Remark | undefined)[] = [
    runningOperation(app) === undefined
      ? undefined
      : { serious: true, text: 'Another sync is under way; this one will be refused until it ends.' },
    pruneRemark(prunes, draft),
    draft.force
      ? { serious: true, text: 'Force deletes and creates anew what cannot be changed in place: its Pods restart.' }
      : undefined,
    chosen.length < items.length
      ? { serious: false, text: 'A sync of selected objects runs no hooks and leaves no entry in the history.' }
      : undefined,
    draft.revision !== '' && app.spec.syncPolicy?.automated !== undefined
      ? { serious: false, text: 'Automated sync is on, and will bring the application back to its own revision.' }
      : undefined,
  ]
  return remarks.filter((remark) => remark !== undefined)
}

function pruneRemark(prunes: Item[], draft: Draft): Remark | undefined {
  if (prunes.length === 0) return undefined
  const names = prunes
    .slice(0, 3)
    .map(({ resource }) => `${kindOf(resource)} ${resource.name}`)
    .join(', ')
  const rest = prunes.length > 3 ? ` and ${prunes.length - 3} more` : ''
  return draft.prune
    ? {
        serious: true,
        text: `Deletes ${prunes.length === 1 ? '1 object' : `${prunes.length} objects`}: ${names}${rest}.`,
      }
    : {
        serious: false,
        text: `Prune is off, so ${names}${rest} ${prunes.length === 1 ? 'stays' : 'stay'} although no longer in Git.`,
      }
}

/** `1 create, 2 changes, 1 deletion`; what is left alone is not counted. */
export function summaryOf(draft: Draft, items: Item[]): string {
  const count = (change: Change) => items.filter((item) => item.change === change && !draft.left.has(item.key)).length
  const parts = [
    counted(count('create'), 'create'),
    counted(count('change'), 'change'),
    draft.prune ? counted(count('prune'), 'deletion') : '',
  ].filter((part) => part !== '')
  return parts.length === 0 ? 'Nothing would change' : parts.join(', ')
}

const counted = (count: number, noun: string) => (count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`)
