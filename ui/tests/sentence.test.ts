import { describe, expect, it } from 'vitest'

import { differencesInWords, sentenceOf } from '@/shared/model/sentence'
import { application, commit, managed, now } from './applications'

const started = new Date(now - 12_000).toISOString()

describe('the sentence', () => {
  it('is quiet about what is well, and names the commit', () => {
    expect(sentenceOf(application('web'), now)).toEqual({
      tone: 'quiet',
      short: '',
      text: 'Synced to 0123456 and healthy.',
    })
  })

  it('says what differs and whether it will be put back', () => {
    const app = application('web', {
      sync: { status: 'OutOfSync' },
      resources: [
        managed('Service', 'web', { status: 'OutOfSync' }),
        managed('Job', 'old', { status: 'OutOfSync', requiresPruning: true }),
        managed('Secret', 'key', { status: 'OutOfSync', health: { status: 'Missing' } }),
      ],
    })
    expect(sentenceOf(app, now).text).toBe(
      'Out of sync: 1 object differs, 1 is missing, 1 is no longer in Git; automated sync is off.',
    )
    const healing = { ...app, spec: { ...app.spec, syncPolicy: { automated: { selfHeal: true } } } }
    expect(sentenceOf(healing, now).text).toContain('automated sync will put it back')
  })

  it('tells of a running sync before anything else but a deletion', () => {
    const app = application('web', {
      health: { status: 'Degraded' },
      operationState: {
        phase: 'Running',
        startedAt: started,
        message: 'waiting for healthy state of apps/Deployment/web',
        operation: { sync: { revision: commit } },
        retryCount: 2,
      },
    })
    expect(sentenceOf(app, now)).toMatchObject({
      tone: 'busy',
      text: 'Syncing to 0123456 for 12 s, retry 2: waiting for healthy state of apps/Deployment/web.',
    })
    const leaving = { ...app, metadata: { ...app.metadata, deletionTimestamp: started } }
    expect(sentenceOf(leaving, now).short).toBe('Deleting')
  })

  it('calls a dry run a try', () => {
    const app = application('web', {
      operationState: { phase: 'Running', startedAt: started, operation: { sync: { dryRun: true } } },
    })
    expect(sentenceOf(app, now).short).toBe('Trying a sync')
  })

  it('gives an error its own words', () => {
    const app = application('web', {
      sync: { status: 'Unknown' },
      conditions: [{ type: 'ComparisonError', message: 'app path does not exist' }],
    })
    expect(sentenceOf(app, now)).toEqual({
      tone: 'error',
      short: 'Cannot be compared: app path does not exist',
      text: 'Cannot be compared: app path does not exist',
    })
  })

  it('does not let a warning hide what is well', () => {
    const app = application('web', { conditions: [{ type: 'OrphanedResourceWarning', message: '1 orphan' }] })
    expect(sentenceOf(app, now).tone).toBe('quiet')
  })

  it('names what is to blame for bad health', () => {
    const app = application('web', {
      health: { status: 'Degraded' },
      resources: [
        managed('Deployment', 'web', { group: 'apps', health: { status: 'Degraded', message: 'deadline exceeded' } }),
      ],
    })
    expect(sentenceOf(app, now).text).toBe('Degraded: apps/Deployment web: deadline exceeded.')
  })

  it('names the object that failed, in its own words', () => {
    const app = application('web', {
      sync: { status: 'OutOfSync' },
      operationState: {
        phase: 'Failed',
        startedAt: started,
        message: 'one or more objects failed to apply',
        syncResult: {
          resources: [
            { kind: 'ConfigMap', name: 'a', status: 'Synced' },
            { kind: 'Service', name: 'web', status: 'SyncFailed', message: 'spec.ports[0].name: Required value' },
            { kind: 'Job', name: 'b', group: 'batch', hookPhase: 'Failed' },
          ],
        },
      },
    })
    expect(sentenceOf(app, now).short).toBe('Sync failed: Service web: spec.ports[0].name: Required value (and 1 more)')
  })

  it('tells of a failed sync as long as it is not made good', () => {
    const failed = {
      phase: 'Failed' as const,
      startedAt: started,
      finishedAt: started,
      message: 'one or more objects failed to apply',
    }
    expect(sentenceOf(application('web', { operationState: failed, sync: { status: 'OutOfSync' } }), now).tone).toBe(
      'error',
    )
    expect(sentenceOf(application('web', { operationState: failed }), now).tone).toBe('quiet')
  })

  it('waits with a new application', () => {
    const app = { ...application('web'), status: {} }
    expect(sentenceOf(app, now)).toMatchObject({ tone: 'busy', short: 'Waiting to be compared' })
  })

  it('reports a deletion that is stuck', () => {
    const app = application('web', { conditions: [{ type: 'DeletionError', message: 'namespace is terminating' }] })
    expect(sentenceOf({ ...app, metadata: { ...app.metadata, deletionTimestamp: started } }, now)).toMatchObject({
      tone: 'error',
      text: 'Deletion is stuck: namespace is terminating',
    })
  })
})

describe('differences in words', () => {
  it('leave hooks out', () => {
    expect(differencesInWords([managed('Job', 'migrate', { status: 'OutOfSync', hook: true })])).toBe(
      'what runs is not what Git says',
    )
  })
})
