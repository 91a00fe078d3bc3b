import type { ApiRequest } from '../api/client'
import { curlOf } from '../model/commands'
import classes from './as-command.module.css'
import { Copying } from './copy'

interface Props {
  cli: string
  request?: ApiRequest
}

/** The same act from a terminal, folded away until it is wanted. */
export function AsCommand({ cli, request }: Props) {
  return (
    <details className={classes['fold']}>
      <summary>From a terminal</summary>
      <Line label="CLI" text={cli} />
      {request === undefined ? null : <Line label="API" text={curlOf(request, window.location.origin)} />}
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
