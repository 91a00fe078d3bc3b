/**
 * Says in one sentence how an application is and why: the first thing that somebody in a hurry reads. The rules are
 * tried in order, and the first that has something to say is heard. Used by the list (short) and the page (whole).
 */
import type { Application, OperationState, ResourceStatus } from '../api/types'
import {
  automationOf,
  changeOf,
  type Change,
  conditionsOf,
  healthOf,
  isRequested,
  runningOperation,
  syncOf,
} from './application'
import { kindOf, shortRevision } from './resource-key'
import { ago, since } from './time'

/** How loud it is: only what needs a person is loud. */
export type Tone = 'quiet' | 'busy' | 'warning' | 'error'

export interface Sentence {
  tone: Tone
  /** A few words, for a table. */
  short: string
  /** The whole of it. */
  text: string
}

type Rule = (app: Application, now: number) => Sentence | undefined

const rules: Rule[] = [
  deletion,
  operation,
  request,
  brokenCondition,
  failedSync,
  unknownSync,
  degraded,
  outOfSync,
  otherHealth,
]

export function sentenceOf(app: Application, now: number): Sentence {
  for (const rule of rules) {
    const sentence = rule(app, now)
    if (sentence !== undefined) return sentence
  }
  return settled(app, now)
}

function deletion(app: Application, now: number): Sentence | undefined {
  const at = app.metadata.deletionTimestamp
  if (at === undefined) return undefined
  const failed = conditionsOf(app).find((condition) => condition.type === 'DeletionError')
  if (failed !== undefined)
    return { tone: 'error', short: 'Deletion is stuck', text: `Deletion is stuck: ${failed.message}` }
  return {
    tone: 'busy',
    short: 'Deleting',
    text: `Being deleted since ${since(at, now)}; waiting for its objects to go.`,
  }
}

function operation(app: Application, now: number): Sentence | undefined {
  const running = runningOperation(app)
  if (running === undefined) return undefined
  const why = because(running.message)
  if (running.phase === 'Terminating')
    return { tone: 'busy', short: 'Stopping the sync', text: stop(`Stopping the sync${why}`) }
  const sync = running.operation?.sync
  const revision = shortRevision(running.syncResult?.revision ?? sync?.revision)
  const to = revision === '' ? '' : ` to ${revision}`
  const action = sync?.dryRun === true ? 'Trying a sync' : 'Syncing'
  const retries = running.retryCount ?? 0
  const retried = retries === 0 ? '' : `, retry ${retries}`
  const time = ago(running.startedAt, now) ?? '0 s'
  return { tone: 'busy', short: `${action}${why}`, text: stop(`${action}${to} for ${time}${retried}${why}`) }
}

function request(app: Application): Sentence | undefined {
  if (!isRequested(app)) return undefined
  return { tone: 'busy', short: 'Sync requested', text: 'A sync was asked for and waits for the controller to begin.' }
}

function brokenCondition(app: Application, now: number): Sentence | undefined {
  const condition = conditionsOf(app).find(({ type }) => type.endsWith('Error') && type !== 'DeletionError')
  if (condition === undefined) return undefined
  const lead = conditionLeads[condition.type] ?? condition.type
  const when = condition.lastTransitionTime === undefined ? '' : ` since ${since(condition.lastTransitionTime, now)}`
  return { tone: 'error', short: `${lead}: ${condition.message}`, text: `${lead}${when}: ${condition.message}` }
}

const conditionLeads: Record<string, string> = {
  ComparisonError: 'Cannot be compared',
  InvalidSpecError: 'The application is not valid',
  SyncError: 'Sync failed',
  UnknownError: 'Something went wrong',
}

function failedSync(app: Application, now: number): Sentence | undefined {
  const state = app.status?.operationState
  if (state?.phase !== 'Failed' && state?.phase !== 'Error') return undefined
  if (syncOf(app) === 'Synced') return undefined
  const reason = failureOf(state)
  const when = ago(state.finishedAt, now)
  return {
    tone: 'error',
    short: `Sync failed: ${reason}`,
    text: stop(`The last sync failed${when === undefined ? '' : ` ${when} ago`}: ${reason}`),
  }
}

/** The first object that failed, in its own words: "one or more objects failed" helps nobody. */
function failureOf(state: OperationState): string {
  const failed = (state.syncResult?.resources ?? []).filter(
    ({ status, hookPhase }) => status === 'SyncFailed' || hookPhase === 'Failed' || hookPhase === 'Error',
  )
  const [first] = failed
  if (first === undefined) return state.message ?? 'no reason was given'
  const rest = failed.length === 1 ? '' : ` (and ${failed.length - 1} more)`
  return `${kindOf(first)} ${first.name}${because(first.message)}${rest}`
}

function unknownSync(app: Application): Sentence | undefined {
  if (syncOf(app) !== 'Unknown') return undefined
  if (app.status?.reconciledAt === undefined)
    return {
      tone: 'busy',
      short: 'Waiting to be compared',
      text: 'New: waiting for the controller to compare it for the first time.',
    }
  return { tone: 'warning', short: 'Cannot be compared', text: 'It is not known whether what runs is what Git says.' }
}

function degraded(app: Application, now: number): Sentence | undefined {
  if (healthOf(app) !== 'Degraded') return undefined
  const reason = healthReason(app)
  return { tone: 'error', short: bare(reason), text: stop(`Degraded${sinceHealth(app, now)}${reason}${drift(app)}`) }
}

function outOfSync(app: Application): Sentence | undefined {
  if (syncOf(app) !== 'OutOfSync') return undefined
  const differences = differencesInWords(app.status?.resources ?? [])
  const automation = automationOf(app)
  const next = !automation.on
    ? 'automated sync is off'
    : automation.selfHeal
      ? 'automated sync will put it back'
      : 'automated sync is on, but does not undo changes made by others'
  return { tone: 'warning', short: differences, text: `Out of sync: ${differences}; ${next}.` }
}

function otherHealth(app: Application, now: number): Sentence | undefined {
  const health = healthOf(app)
  const reason = healthReason(app)
  if (health === 'Progressing')
    return {
      tone: 'busy',
      short: bare(reason) || 'Rolling out',
      text: stop(`Synced, and still rolling out${sinceHealth(app, now)}${reason}`),
    }
  if (health === 'Healthy') return undefined
  const tone = health === 'Suspended' ? 'quiet' : 'warning'
  return {
    tone,
    short: bare(reason),
    text: stop(`Synced, but ${health.toLowerCase()}${sinceHealth(app, now)}${reason}`),
  }
}

function settled(app: Application, now: number): Sentence {
  const revision = shortRevision(app.status?.sync?.revision)
  const at = revision === '' ? '' : ` to ${revision}`
  return { tone: 'quiet', short: '', text: `Synced${at} and healthy${sinceHealth(app, now)}.` }
}

const sinceHealth = (app: Application, now: number) => {
  const time = app.status?.health?.lastTransitionTime
  return time === undefined ? '' : ` since ${since(time, now)}`
}

/** The reason alone: beside the word "Degraded" in a table, its first words only say that again. */
const bare = (reason: string) => reason.replace(/^: (Caused by )?/, '')

const drift = (app: Application) =>
  syncOf(app) === 'OutOfSync' ? `; also out of sync: ${differencesInWords(app.status?.resources ?? [])}` : ''

function healthReason(app: Application): string {
  const said = because(app.status?.health?.message)
  if (said !== '') return said
  const culprit = app.status?.resources?.find(({ health }) => health?.status === healthOf(app))
  return culprit === undefined ? '' : `: ${kindOf(culprit)} ${culprit.name}${because(culprit.health?.message)}`
}

/** `2 objects differ, 1 is missing, 1 is no longer in Git`. */
export function differencesInWords(resources: ResourceStatus[]): string {
  const found: [count: number, one: string, many: string][] = [
    [countOf(resources, 'change'), 'differs', 'differ'],
    [countOf(resources, 'create'), 'is missing', 'are missing'],
    [countOf(resources, 'prune'), 'is no longer in Git', 'are no longer in Git'],
  ]
  const parts = found
    .filter(([count]) => count > 0)
    .map(([count, one, many], index) => {
      const noun = index > 0 ? '' : count === 1 ? ' object' : ' objects'
      return `${count}${noun} ${count === 1 ? one : many}`
    })
  return parts.length === 0 ? 'what runs is not what Git says' : parts.join(', ')
}

const countOf = (resources: ResourceStatus[], change: Change) =>
  resources.filter((resource) => changeOf(resource) === change).length

const because = (reason: string | undefined) => (reason === undefined || reason === '' ? '' : `: ${reason}`)

const stop = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`)
