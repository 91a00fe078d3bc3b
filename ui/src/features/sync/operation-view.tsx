/** How a sync goes, or went: its phase in words, and what became of each object. */
import { Check, CircleAlert, CircleDashed, LoaderCircle } from 'lucide-react'

import type { OperationPhase, OperationState, ResourceResult } from '@/shared/api/types'
import { keyOf, kindOf } from '@/shared/model/resource-key'
import { exactly, instant, inWords } from '@/shared/model/time'
import { useNow } from '@/shared/ui/clock'
import { Copying } from '@/shared/ui/copy'
import { EmptyNote } from '@/shared/ui/notes'
import { Revision } from '@/shared/ui/revision'
import classes from './sync.module.css'

export function OperationView({ state }: { state: OperationState | undefined }) {
  if (state === undefined)
    return (
      <p role="status" className={classes['phase']} data-tone="busy">
        <LoaderCircle size={16} aria-hidden /> Asked for; waiting for the controller to begin.
      </p>
    )
  const results = state.syncResult?.resources ?? []
  return (
    <div className={classes['operation']}>
      <Phase phase={state.phase} message={state.message ?? ''} />
      <Facts state={state} />
      {state.operation?.sync?.dryRun === true ? (
        <p className={classes['remark']}>This was a dry run: nothing was changed.</p>
      ) : null}
      <ul className={classes['results']} aria-label="Objects">
        {results.map((result) => (
          <Result
            key={`${result.syncPhase ?? ''} ${keyOf(result)}`}
            result={result}
            over={state.finishedAt !== undefined}
          />
        ))}
      </ul>
    </div>
  )
}

function Phase({ phase, message }: { phase: OperationPhase; message: string }) {
  return (
    <p role="status" className={classes['phase']} data-tone={tones[phase]}>
      <PhaseIcon phase={phase} />
      <span>
        <strong>{words[phase]}</strong>
        {message === '' ? '' : `: ${message}`}
      </span>
      {message === '' ? null : <Copying text={message} what="the message" />}
    </p>
  )
}

function Facts({ state }: { state: OperationState }) {
  const now = useNow()
  const started = instant(state.startedAt) ?? now
  return (
    <dl className={classes['facts']}>
      <div>
        <dt>Revision</dt>
        <dd>
          <Revision revision={state.syncResult?.revision ?? state.operation?.sync?.revision} />
        </dd>
      </div>
      <div>
        <dt>Asked for by</dt>
        <dd>{initiatorOf(state)}</dd>
      </div>
      <div>
        <dt>Started</dt>
        <dd title={exactly(state.startedAt)}>{inWords(now - started)} ago</dd>
      </div>
      <div>
        <dt>{state.finishedAt === undefined ? 'Takes so far' : 'Took'}</dt>
        <dd>{inWords((instant(state.finishedAt) ?? now) - started)}</dd>
      </div>
      {(state.retryCount ?? 0) === 0 ? null : (
        <div>
          <dt>Retries</dt>
          <dd>{state.retryCount}</dd>
        </div>
      )}
    </dl>
  )
}

export function NoOperation() {
  return (
    <EmptyNote title="Never synced">
      <p className="dim">Nothing has been applied by this application yet.</p>
    </EmptyNote>
  )
}

const words: Record<OperationPhase, string> = {
  Running: 'Running',
  Terminating: 'Stopping',
  Failed: 'Failed',
  Error: 'Failed',
  Succeeded: 'Succeeded',
}
const tones: Record<OperationPhase, string> = {
  Running: 'busy',
  Terminating: 'busy',
  Failed: 'error',
  Error: 'error',
  Succeeded: 'good',
}

function PhaseIcon({ phase }: { phase: OperationPhase }) {
  if (phase === 'Succeeded') return <Check size={16} aria-hidden />
  return tones[phase] === 'busy' ? <LoaderCircle size={16} aria-hidden /> : <CircleAlert size={16} aria-hidden />
}

function initiatorOf(state: OperationState): string {
  const by = state.operation?.initiatedBy
  return by?.automated === true ? 'automated sync' : (by?.username ?? 'somebody')
}

const outcomes = {
  failed: { tone: 'error', icon: CircleAlert, word: 'failed' },
  running: { tone: 'busy', icon: LoaderCircle, word: 'running' },
  waiting: { tone: 'dim', icon: CircleDashed, word: 'waiting' },
  left: { tone: 'dim', icon: CircleDashed, word: 'not finished' },
  done: { tone: 'good', icon: Check, word: 'done' },
}

/** `over`: the operation has ended, so what was still running then will not go on. */
function outcomeOf({ status, hookPhase }: ResourceResult, over: boolean): keyof typeof outcomes {
  if (status === 'SyncFailed' || hookPhase === 'Failed' || hookPhase === 'Error') return 'failed'
  if (hookPhase === 'Running') return over ? 'left' : 'running'
  return status === undefined && hookPhase === undefined ? 'waiting' : 'done'
}

function Result({ result, over }: { result: ResourceResult; over: boolean }) {
  const outcome = outcomeOf(result, over)
  const { tone, icon: Icon } = outcomes[outcome]
  const hook = (result.hookType ?? '') === '' ? '' : `${result.hookType ?? ''} hook `
  return (
    <li data-tone={tone}>
      <Icon size={15} aria-hidden />
      <span>
        <span className="dim">
          {hook}
          {kindOf(result)}
        </span>{' '}
        {result.name}
      </span>
      <span className={classes['status']}>
        {outcome === 'done' ? (result.status ?? result.hookPhase) : outcomes[outcome].word}
      </span>
      {(result.message ?? '') === '' ? null : <p>{result.message}</p>}
    </li>
  )
}
