/** What Kubernetes recorded about the application, newest first. */
import { useQuery } from '@tanstack/react-query'

import { eventsQuery } from '@/shared/api/queries'
import { applicationNameOf } from '@/shared/api/requests'
import type { Application, KubernetesEvent } from '@/shared/api/types'
import { instant } from '@/shared/model/time'
import { Age } from '@/shared/ui/age'
import { EmptyNote, ErrorNote, WaitNote } from '@/shared/ui/notes'
import classes from './history.module.css'

export function EventsView({ app }: { app: Application }) {
  const { data, error, refetch } = useQuery(eventsQuery(applicationNameOf(app)))
  if (error !== null) return <ErrorNote doing="Reading the events" error={error} again={() => void refetch()} />
  if (data === undefined) return <WaitNote>Reading the events…</WaitNote>
  if (data.length === 0)
    return (
      <EmptyNote title="No events">
        <p className="dim">Kubernetes keeps events for about an hour.</p>
      </EmptyNote>
    )
  const events = [...data].sort((a, b) => (instant(timeOf(b)) ?? 0) - (instant(timeOf(a)) ?? 0))
  return (
    <ol className={classes['history']}>
      {events.map((event, index) => (
        <li key={event.metadata?.uid ?? event.metadata?.name ?? index} data-warning={event.type === 'Warning'}>
          <span className="number dim">{event.count === undefined || event.count < 2 ? '' : `${event.count}×`}</span>
          <div>
            <strong>{event.reason}</strong>
            <p>{event.message}</p>
          </div>
          <span className="dim">
            <Age time={timeOf(event)} /> ago
          </span>
        </li>
      ))}
    </ol>
  )
}

const timeOf = (event: KubernetesEvent) => event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp
