/** What is said in place of content: an error, an empty place, a wait. */
import { Button } from '@mantine/core'
import { TriangleAlert } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'

import { Copying } from './copy'
import classes from './notes.module.css'

interface ErrorNoteProps {
  /** What was being tried: "Sync guestbook". */
  doing: string
  error: unknown
  again?: () => void
}

/** What was tried, why it did not work in the server's own words, a copy of it, and a way to try again. */
export function ErrorNote({ doing, error, again }: ErrorNoteProps) {
  const message = error instanceof Error ? error.message : String(error)
  return (
    <div className={classes['error']} role="alert">
      <TriangleAlert size={16} aria-hidden />
      <div>
        <strong>{doing} did not work.</strong>
        <p>{message}</p>
      </div>
      <div className={classes['acts']}>
        <Copying text={`${doing}: ${message}`} what="the message" />
        {again === undefined ? null : (
          <Button size="compact-sm" variant="default" onClick={again}>
            Try again
          </Button>
        )}
      </div>
    </div>
  )
}

interface EmptyNoteProps {
  title: string
  /** The whole page is empty, or only a part of it. */
  of?: 'page' | 'part'
  children?: ReactNode
}

export function EmptyNote({ title, of = 'part', children }: EmptyNoteProps) {
  return (
    <div className={classes['empty']}>
      {of === 'page' ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </div>
  )
}

const patience = 150

/** Says what is waited for, but only once the wait is long enough to be noticed. */
export function WaitNote({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), patience)
    return () => clearTimeout(timer)
  }, [])
  return (
    <p className={classes['wait']} role="status">
      {shown ? children : ' '}
    </p>
  )
}
