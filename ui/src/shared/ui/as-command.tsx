import type { ApiRequest } from '../api/client'
import { curlOf } from '../model/commands'
import classes from './as-command.module.css'
import { Copying } from './copy'

export interface Act {
  /** What it does, where several stand together. */
  name?: string
  cli: string
  request?: ApiRequest
}

/** The same acts from a terminal, folded away until they are wanted. */
export function AsCommand({ acts }: { acts: Act[] }) {
  return (
    <details className={classes['fold']}>
      <summary>From a terminal</summary>
      {acts.map(({ name, cli, request }) => (
        <div key={cli} className={classes['act']}>
          {name === undefined ? null : <strong>{name}</strong>}
          <Line label="CLI" text={cli} />
          {request === undefined ? null : <Line label="API" text={curlOf(request, window.location.origin)} />}
        </div>
      ))}
    </details>
  )
}

function Line({ label, text }: { label: string; text: string }) {
  return (
    <div className={classes['line']}>
      <span className="dim">{label}</span>
      <code>{text}</code>
      <Copying text={text} what={`the ${label} line`} />
    </div>
  )
}
