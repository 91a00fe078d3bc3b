/** What was deployed, when, by whom; newest first. */
import { useQuery } from '@tanstack/react-query'

import { revisionQuery } from '@/shared/api/queries'
import { applicationNameOf, type ApplicationName } from '@/shared/api/requests'
import type { Application, HistoryEntry } from '@/shared/api/types'
import { exactly, instant, inWords } from '@/shared/model/time'
import { Age } from '@/shared/ui/age'
import { EmptyNote } from '@/shared/ui/notes'
import { Revision } from '@/shared/ui/revision'
import classes from './history.module.css'

export function HistoryView({ app }: { app: Application }) {
  const entries = [...(app.status?.history ?? [])].reverse()
  if (entries.length === 0)
    return (
      <EmptyNote title="No history yet">
        <p className="dim">Each whole sync that succeeds leaves an entry here.</p>
      </EmptyNote>
    )
  return (
    <ol className={classes['history']}>
      {entries.map((entry, index) => (
        <Entry key={entry.id} app={applicationNameOf(app)} entry={entry} current={index === 0} />
      ))}
    </ol>
  )
}

function Entry({ app, entry, current }: { app: ApplicationName; entry: HistoryEntry; current: boolean }) {
  const revision = entry.revision ?? ''
  const { data } = useQuery({ ...revisionQuery(app, revision), enabled: /^[0-9a-f]{40}$/.test(revision) })
  const by = entry.initiatedBy?.automated === true ? 'automated sync' : (entry.initiatedBy?.username ?? '')
  const start = instant(entry.deployStartedAt)
  const end = instant(entry.deployedAt)
  const took = start === undefined || end === undefined ? '' : `took ${inWords(end - start)}`
  const about = [
    by === '' ? '' : `by ${by}`,
    took,
    data?.author === undefined ? '' : `commit by ${data.author}`,
  ].filter((part) => part !== '')
  return (
    <li data-current={current}>
      <span className="number dim">{entry.id}</span>
      <div>
        <Revision revision={revision} /> {data?.message?.split('\n')[0] ?? ''}
        <p className="dim">{about.join(' · ')}</p>
      </div>
      <span className="dim" title={exactly(entry.deployedAt)}>
        <Age time={entry.deployedAt} /> ago{current ? ', current' : ''}
      </span>
    </li>
  )
}
