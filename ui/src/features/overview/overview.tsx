/** The head of an application's page: what it is, how it is and why, in one sentence, and what can be done. */
import type { Application } from '@/shared/api/types'
import {
  automationInWords,
  automationOf,
  conditionsOf,
  destinationOf,
  healthOf,
  sourceOf,
  syncOf,
} from '@/shared/model/application'
import { sentenceOf } from '@/shared/model/sentence'
import { Age } from '@/shared/ui/age'
import { useNow } from '@/shared/ui/clock'
import { HealthMark, SyncMark } from '@/shared/ui/marks'
import { Acts, type ActProps } from './acts'
import { Commit } from './commit'
import classes from './overview.module.css'

interface Props extends ActProps {
  app: Application
}

export function Overview({ app, ...acts }: Props) {
  const sentence = sentenceOf(app, useNow())
  return (
    <header className={classes['overview']}>
      <title>{`${app.metadata.name} · Argosy`}</title>
      <div className={classes['title']}>
        <h1>{app.metadata.name}</h1>
        <span className={classes['marks']}>
          <HealthMark status={healthOf(app)} />
          <SyncMark status={syncOf(app)} />
        </span>
        <Acts app={app} {...acts} />
      </div>
      {/* Heard when the state changes, not each time that the sentence's age moves. */}
      <span className="visually-hidden" role="status">{`${healthOf(app)}, ${syncOf(app)}`}</span>
      <p className={classes['sentence']} data-tone={sentence.tone}>
        {sentence.text}
      </p>
      <Conditions app={app} said={sentence.text} />
      <Facts app={app} />
    </header>
  )
}

/** What the sentence has not said already. */
function Conditions({ app, said }: { app: Application; said: string }) {
  const conditions = conditionsOf(app).filter(({ message }) => !said.includes(message))
  if (conditions.length === 0) return null
  return (
    <ul className={classes['conditions']} aria-label="Conditions">
      {conditions.map(({ type, message, lastTransitionTime }) => (
        <li key={`${type} ${message}`} data-error={type.endsWith('Error')}>
          <strong>{type}</strong> <span>{message}</span>{' '}
          {lastTransitionTime === undefined ? null : (
            <span className="dim">
              (<Age time={lastTransitionTime} /> ago)
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

function Facts({ app }: { app: Application }) {
  const source = sourceOf(app)
  const links = app.status?.summary?.externalURLs ?? []
  return (
    <dl className={classes['facts']}>
      <div>
        <dt>Source</dt>
        <dd>
          {source === undefined ? (
            '–'
          ) : (
            <>
              <span title={source.repoURL}>{repositoryOf(source.repoURL)}</span>{' '}
              <span className="dim">
                {source.chart ?? source.path ?? ''} at {source.targetRevision ?? 'HEAD'}
              </span>
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>{source?.chart === undefined ? 'Commit' : 'Version'}</dt>
        <dd>
          <Commit app={app} />
        </dd>
      </div>
      <div>
        <dt>Destination</dt>
        <dd>{destinationOf(app)}</dd>
      </div>
      <div>
        <dt>Project</dt>
        <dd>{app.spec.project}</dd>
      </div>
      <div>
        <dt>Policy</dt>
        <dd>{automationInWords(automationOf(app))}</dd>
      </div>
      {links.length === 0 ? null : (
        <div>
          <dt>Links</dt>
          <dd>
            {links.filter(isWebAddress).map((url) => (
              <a key={url} href={url} rel="noreferrer" target="_blank">
                {url}
              </a>
            ))}
          </dd>
        </div>
      )}
    </dl>
  )
}

/** The end of a repository's address tells it apart. */
const repositoryOf = (url: string) => url.replace(/^[a-z+]+:\/\/(?:[^@/]*@)?/, '').replace(/\.git$/, '')

/** The address comes from an object in the cluster: only what a browser opens as a page becomes a link. */
const isWebAddress = (url: string) => /^https?:\/\//.test(url)
