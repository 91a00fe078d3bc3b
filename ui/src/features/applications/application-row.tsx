import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

import type { Application } from '@/shared/api/types'
import { clusterOf, destinationOf, healthOf, lastChange, sourceOf, syncOf } from '@/shared/model/application'
import { sentenceOf } from '@/shared/model/sentence'
import { Age } from '@/shared/ui/age'
import { useNow } from '@/shared/ui/clock'
import { HealthMark, SyncMark } from '@/shared/ui/marks'
import { Revision } from '@/shared/ui/revision'
import classes from './application-table.module.css'

interface Props {
  app: Application
  place: { index: number; top: number; height: number }
  current: boolean
}

export function ApplicationRow({ app, place, current }: Props) {
  const link = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    if (current) link.current?.focus({ preventScroll: true })
  }, [current])
  const sentence = sentenceOf(app, useNow())
  const { name, namespace } = app.metadata
  const changed = lastChange(app)
  return (
    <div
      role="row"
      aria-rowindex={place.index + 2}
      className={classes['row']}
      data-current={current}
      data-tone={sentence.tone}
      style={{ transform: `translateY(${place.top}px)`, height: place.height }}
    >
      <div role="cell" className={classes['state']}>
        <HealthMark status={healthOf(app)} />
        <SyncMark status={syncOf(app)} />
      </div>
      <div role="cell" className={classes['name']}>
        <Link ref={link} to="/applications/$namespace/$name" params={{ namespace: namespace ?? '', name }} title={name}>
          {name}
        </Link>
      </div>
      <div role="cell" className={classes['project']} title={app.spec.project}>
        {app.spec.project}
      </div>
      <div role="cell" className={classes['destination']} title={destinationOf(app)}>
        {/* The namespace first: what tells destinations apart must not be what is cut. */}
        {app.spec.destination.namespace} <span className="dim">{clusterOf(app.spec.destination)}</span>
      </div>
      <div role="cell" className={classes['revision']}>
        <Revision revision={app.status?.sync?.revision} />{' '}
        <span className="dim" title={sourceOf(app)?.targetRevision}>
          {targetOf(app)}
        </span>
      </div>
      <div role="cell" className={classes['now']} title={sentence.text}>
        {sentence.short}
      </div>
      <div role="cell" className={classes['changed']}>
        <Age time={changed === undefined ? undefined : new Date(changed).toISOString()} />
      </div>
    </div>
  )
}

/** What the application follows, where that is not what it is at: a chart's version says both. */
function targetOf(app: Application): string {
  const target = sourceOf(app)?.targetRevision ?? 'HEAD'
  return target === app.status?.sync?.revision ? '' : target
}
