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
  return (
    <li data-current={current}>
      <span className="number dim">{entry.id}</span>
      <div>
        <Revision revision={revision} /> {data?.message?.split('\n')[0] ?? ''}
        <p className="dim">{aboutOf(entry, data?.author)}</p>
      </div>
      <span className="dim" title={exactly(entry.deployedAt)}>
        <Age time={entry.deployedAt} /> ago{current ? ', current' : ''}
      </span>
    </li>
  )
}

function aboutOf({ initiatedBy, deployStartedAt, deployedAt }: HistoryEntry, author: string | undefined): string {
  const by = initiatedBy?.automated === true ? 'automated sync' : initiatedBy?.username
  const took = (instant(deployedAt) ?? 0) - (instant(deployStartedAt) ?? Infinity)
  const parts = [by && `by ${by}`, took >= 1000 && `took ${inWords(took)}`, author && `commit by ${author}`]
  return parts.filter(Boolean).join(' · ')
}
