/** A block of code to read and copy, with YAML's keys set apart from their values. */
import type { ReactNode } from 'react'

import { Copying } from './copy'
import classes from './text-block.module.css'

export function TextBlock({ text, what }: { text: string; what: string }) {
  return (
    <div className={classes['block']}>
      <div className={classes['copy']}>
        <Copying text={text} what={what} />
      </div>
      <pre tabIndex={0} aria-label={what}>
        <code>
          {text
            .trimEnd()
            .split('\n')
            .map((line, index) => (
              <div key={index}>{coloured(line)}</div>
            ))}
        </code>
      </pre>
    </div>
  )
}

const entry = /^(\s*(?:- )*)([^\s#:'"][^:]*|'[^']*'|"[^"]*")(:)(?=\s|$)(.*)$/

function coloured(line: string): ReactNode {
  const parts = entry.exec(line)
  if (parts === null) return line === '' ? ' ' : line
  const [, lead, key, colon, value] = parts
  return (
    <>
      {lead}
      <span className={classes['key']}>{key}</span>
      <span className={classes['colon']}>{colon}</span>
      {value}
    </>
  )
}
