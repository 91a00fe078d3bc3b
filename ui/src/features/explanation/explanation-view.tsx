/** Why it is as it is: the answer, what happens next, then each object with its fields, and what rules hide. */
import { useQuery } from '@tanstack/react-query'

import type { ExplainedObject, Explanation, HidingRule } from '@/shared/api/explanation'
import { explanationQuery } from '@/shared/api/queries'
import { applicationNameOf } from '@/shared/api/requests'
import type { Application } from '@/shared/api/types'
import { keyOf, kindOf } from '@/shared/model/resource-key'
import { FieldChanges } from '@/shared/ui/field-changes'
import { HealthMark, SyncMark } from '@/shared/ui/marks'
import { ErrorNote, WaitNote } from '@/shared/ui/notes'
import classes from './explanation.module.css'

interface Props {
  app: Application
  /** Shows an object's difference, by its key. */
  open: (id: string) => void
}

export function ExplanationView({ app, open }: Props) {
  const { data, error, refetch } = useQuery({
    ...explanationQuery(applicationNameOf(app), app.metadata.resourceVersion ?? ''),
    placeholderData: (before) => before,
  })
  if (error !== null) return <ErrorNote doing="Asking why" error={error} again={() => void refetch()} />
  return data === undefined ? <WaitNote>Asking the controller why…</WaitNote> : <Told told={data} open={open} />
}

function Told({ told, open }: { told: Explanation; open: (id: string) => void }) {
  const leftOut = told.objectsLeftOut ?? 0
  return (
    <div className={classes['explanation']}>
      <section aria-label="Why" className={classes['answer']}>
        <p>{told.summary}</p>
        <p className="dim">{told.nextStep}</p>
      </section>
      {(told.objects ?? []).map((object) => (
        <Culprit key={keyOf(object)} object={object} open={open} />
      ))}
      {leftOut === 0 ? null : <p className="dim">{`and ${leftOut} more objects`}</p>}
      <Hiding rules={told.rules ?? []} unasked={told.unasked ?? []} />
    </div>
  )
}

function Culprit({ object, open }: { object: ExplainedObject; open: (id: string) => void }) {
  const leftOut = object.fieldsLeftOut ?? 0
  return (
    <section className={classes['culprit']} aria-label={`${kindOf(object)} ${object.name}`}>
      <h2>
        <button type="button" onClick={() => open(keyOf(object))}>
          <span className="dim">{kindOf(object)}</span> {object.name}
        </button>
        <span className={classes['marks']}>
          <HealthMark status={object.health} />
          <SyncMark status={object.sync} />
        </span>
      </h2>
      {(object.because ?? []).map((reason) => (
        <p key={reason}>{reason}</p>
      ))}
      <FieldChanges fields={object.fields ?? []} none="" />
      {leftOut === 0 ? null : <p className="dim">{`and ${leftOut} more fields`}</p>}
    </section>
  )
}

function Hiding({ rules, unasked }: { rules: HidingRule[]; unasked: string[] }) {
  if (rules.length === 0 && unasked.length === 0) return null
  return (
    <section className={classes['hiding']} aria-label="Hidden differences">
      <h2>Differences that do not count</h2>
      {rules.map(({ rule, hides, fields }) => (
        <details key={rule}>
          <summary>
            {rule} <span className="dim">hides {hides === 1 ? '1 difference' : `${hides} differences`}</span>
          </summary>
          <FieldChanges
            fields={(fields ?? []).map((hidden) => ({
              ...hidden.field,
              path: `${hidden.kind} ${hidden.name}: ${hidden.field.path}`,
            }))}
            none=""
          />
        </details>
      ))}
      {unasked.map((reason) => (
        <p key={reason} className="dim">{`Not known of some objects: ${reason}`}</p>
      ))}
    </section>
  )
}
