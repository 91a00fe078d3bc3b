import { Button, Checkbox, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'

import { send } from '@/shared/api/client'
import { applicationNameOf, syncApplication } from '@/shared/api/requests'
import type { Application } from '@/shared/api/types'
import { sourceOf } from '@/shared/model/application'
import { syncCommand } from '@/shared/model/commands'
import { AsCommand } from '@/shared/ui/as-command'
import { ErrorNote } from '@/shared/ui/notes'
import { ObjectChoice } from './object-choice'
import { choiceOf, draftOf, itemsOf, remarksOf, summaryOf, type Draft } from './plan'
import classes from './sync.module.css'

interface Props {
  app: Application
  accepted: () => void
}

export function SyncForm({ app, accepted }: Props) {
  const [draft, setDraft] = useState(() => draftOf(app))
  const name = applicationNameOf(app)
  const items = itemsOf(app)
  const choice = choiceOf(draft, items)
  const request = syncApplication(name, choice)
  const start = useMutation({ mutationFn: () => send(request), onSuccess: accepted })
  const nothing = items.length > 0 && items.every(({ key }) => draft.left.has(key))
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault()
        start.mutate()
      }}
    >
      <Options draft={draft} change={setDraft} target={sourceOf(app)?.targetRevision ?? 'HEAD'} />
      {remarksOf(app, draft, items).map(({ serious, text }) => (
        <p key={text} className={classes['remark']} data-serious={serious}>
          {text}
        </p>
      ))}
      <ObjectChoice app={app} items={items} draft={draft} change={setDraft} />
      <footer className={classes['foot']}>
        {start.error === null ? null : <ErrorNote doing={`Sync ${name.name}`} error={start.error} />}
        <div className={classes['press']}>
          <span>{summaryOf(draft, items)}</span>
          <Button type="submit" loading={start.isPending} disabled={nothing} data-autofocus>
            {draft.dryRun ? 'Try it' : 'Sync'}
          </Button>
        </div>
        <AsCommand acts={[{ cli: syncCommand(name, choice), request }]} />
      </footer>
    </form>
  )
}

function Options({ draft, change, target }: { draft: Draft; change: (draft: Draft) => void; target: string }) {
  return (
    <>
      <div className={classes['options']}>
        <Checkbox
          label="Prune"
          title="Delete what is no longer in Git"
          checked={draft.prune}
          onChange={(event) => change({ ...draft, prune: event.currentTarget.checked })}
        />
        <Checkbox
          label="Dry run"
          title="Ask the cluster what it would say, and change nothing"
          checked={draft.dryRun}
          onChange={(event) => change({ ...draft, dryRun: event.currentTarget.checked })}
        />
      </div>
      <details className={classes['more']}>
        <summary>More options</summary>
        <TextInput
          label="Revision"
          description={`Instead of ${target}: a branch, tag, commit or chart version`}
          value={draft.revision}
          onChange={(event) => change({ ...draft, revision: event.currentTarget.value.trim() })}
        />
        <Checkbox
          label="Force: delete and create anew what cannot be changed"
          checked={draft.force}
          onChange={(event) => change({ ...draft, force: event.currentTarget.checked })}
        />
        <Checkbox
          label="Apply only: run no hooks"
          checked={draft.applyOnly}
          onChange={(event) => change({ ...draft, applyOnly: event.currentTarget.checked })}
        />
      </details>
    </>
  )
}
