/** Fields that differ: what runs, what is wanted, who wrote what runs and when. */
import { Fragment } from 'react'

import type { ExplainedField } from '../api/explanation'
import { sideOf, writerOf } from '../model/explanation'
import { Age } from './age'
import classes from './field-changes.module.css'

interface Props {
  fields: ExplainedField[]
  /** What is said if there are none. */
  none: string
}

export function FieldChanges({ fields, none }: Props) {
  if (fields.length === 0) return none === '' ? null : <p className="dim">{none}</p>
  return (
    <ul className={classes['fields']} aria-label="Fields that differ">
      {fields.map((field) => (
        <li key={field.path}>
          <code>
            {field.path.split(/(?<=\.)/).map((part, index) => (
              <Fragment key={index}>
                <wbr />
                {part}
              </Fragment>
            ))}
          </code>
          <span className={classes['sides']}>
            <Side what="runs" json={field.live} />
            <span aria-hidden> → </span>
            <Side what="wanted" json={field.desired} />
          </span>
          {writerOf(field) === '' ? null : (
            <span className="dim">
              {writerOf(field)}
              {field.since === undefined ? null : (
                <>
                  , <Age time={field.since} /> ago
                </>
              )}
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

function Side({ what, json }: { what: 'runs' | 'wanted'; json: string | undefined }) {
  const text = sideOf(json)
  return (
    <code className={classes['side']} data-side={what} data-absent={text !== json}>
      <span className="visually-hidden">{what === 'runs' ? 'runs: ' : 'wanted: '}</span>
      {text}
    </code>
  )
}
