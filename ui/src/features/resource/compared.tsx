/** What differs of one object, in three forms, with who wrote it; and what rules hide. */
import { SegmentedControl } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { lazy, useState } from 'react'

import { explanationQuery } from '@/shared/api/queries'
import { applicationNameOf } from '@/shared/api/requests'
import type { Application, ManagedResource } from '@/shared/api/types'
import { fieldsOf, hiddenOf } from '@/shared/model/explanation'
import { keyOf } from '@/shared/model/resource-key'
import { FieldChanges } from '@/shared/ui/field-changes'
import classes from './resource-drawer.module.css'

const ObjectDifference = lazy(() => import('@/shared/ui/object-difference'))

const forms = [
  { value: 'split', label: 'Side by side' },
  { value: 'unified', label: 'Unified' },
  { value: 'fields', label: 'Fields' },
]

interface Props {
  app: Application
  resources: ManagedResource[]
  /** The object's key. */
  id: string
}

export function Compared({ app, resources, id }: Props) {
  const wide = useMediaQuery('(min-width: 1100px)', undefined, { getInitialValueInEffect: false })
  const [chosen, choose] = useState<string>()
  const { data } = useQuery({
    ...explanationQuery(applicationNameOf(app), app.metadata.resourceVersion ?? ''),
    placeholderData: (before) => before,
  })
  const form = chosen ?? (wide ? 'split' : 'unified')
  const sides = resources.find((one) => keyOf(one) === id)
  const fields = fieldsOf(data, id)
  return (
    <>
      <div className={classes['compared']}>
        <p className={classes['legend']}>{sides === undefined ? '' : legendOf(sides)}</p>
        <SegmentedControl size="xs" data={forms} value={form} onChange={choose} aria-label="Form of the difference" />
      </div>
      {form === 'fields' ? (
        <FieldChanges fields={fields} none="No field differs." />
      ) : (
        <ObjectDifference resources={resources} id={id} shape={form === 'split' ? 'split' : 'unified'} />
      )}
      {fields.length === 0 || form === 'fields' ? null : (
        <details className={classes['more']} open>
          <summary>{fields.length === 1 ? '1 field' : `${fields.length} fields`}, and who wrote what runs</summary>
          <FieldChanges fields={fields} none="" />
        </details>
      )}
      {hiddenOf(data, id).map(({ rule, fields: hidden }) => (
        <details key={rule} className={classes['more']}>
          <summary>
            {hidden.length === 1 ? '1 difference' : `${hidden.length} differences`} hidden by {rule}
          </summary>
          <FieldChanges fields={hidden} none="" />
        </details>
      ))}
    </>
  )
}

function legendOf({ liveState, targetState }: ManagedResource): string {
  const isAbsent = (state: string | undefined) => state === undefined || state === '' || state === 'null'
  if (isAbsent(liveState)) return 'It does not run yet: a sync creates it.'
  if (isAbsent(targetState)) return 'It is no longer in Git: a sync with prune deletes it.'
  return 'Red: what runs. Green: what a sync makes of it.'
}
