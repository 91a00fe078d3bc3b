/** Names what is destroyed before it asks. */
import { Button, Modal, Radio, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'

import { send } from '@/shared/api/client'
import { applicationNameOf, deleteApplication, type Deletion } from '@/shared/api/requests'
import type { Application } from '@/shared/api/types'
import { destinationOf } from '@/shared/model/application'
import { deleteCommand } from '@/shared/model/commands'
import { keyOf, kindOf } from '@/shared/model/resource-key'
import { AsCommand } from '@/shared/ui/as-command'
import { ErrorNote } from '@/shared/ui/notes'
import classes from './delete-dialog.module.css'

interface Props {
  app: Application
  opened: boolean
  close: () => void
}

export function DeleteDialog({ app, opened, close }: Props) {
  return (
    <Modal opened={opened} onClose={close} title={`Delete ${app.metadata.name}`} size={560}>
      <DeleteForm app={app} close={close} />
    </Modal>
  )
}

const ways: { value: Deletion; label: string; description: string }[] = [
  {
    value: 'foreground',
    label: 'With its objects',
    description: 'Each object goes after what it owns. The application goes last.',
  },
  {
    value: 'background',
    label: 'With its objects, in the background',
    description: 'Each object goes at once, what it owns afterwards.',
  },
  {
    value: 'non-cascading',
    label: 'Leave its objects running',
    description: 'Only the application goes. Another one may adopt what it leaves.',
  },
]

function DeleteForm({ app, close }: { app: Application; close: () => void }) {
  const [how, setHow] = useState<Deletion>('foreground')
  const [typed, setTyped] = useState('')
  const name = applicationNameOf(app)
  const request = deleteApplication(name, how)
  const remove = useMutation({ mutationFn: () => send(request), onSuccess: close })
  const mayDelete = how === 'non-cascading' || typed === name.name
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault()
        remove.mutate()
      }}
    >
      <Radio.Group value={how} onChange={(value) => setHow(value)} aria-label="What goes">
        <div className={classes['ways']}>
          {ways.map((way) => (
            <Radio key={way.value} {...way} />
          ))}
        </div>
      </Radio.Group>
      {how === 'non-cascading' ? null : (
        <>
          <Doomed app={app} />
          <TextInput
            label={
              <>
                Type <code>{name.name}</code> to delete it
              </>
            }
            autoComplete="off"
            data-autofocus
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </>
      )}
      {remove.error === null ? null : <ErrorNote doing={`Delete ${name.name}`} error={remove.error} />}
      <div className={classes['press']}>
        <Button variant="default" onClick={close}>
          Keep it
        </Button>
        <Button type="submit" className={classes['delete'] ?? ''} disabled={!mayDelete} loading={remove.isPending}>
          Delete
        </Button>
      </div>
      <AsCommand acts={[{ cli: deleteCommand(name, how), request }]} />
    </form>
  )
}

/** What the application owns and what lives of it. */
function Doomed({ app }: { app: Application }) {
  const doomed = (app.status?.resources ?? []).filter(
    ({ status, health }) => status !== undefined && health?.status !== 'Missing',
  )
  const count = doomed.length === 1 ? '1 object' : `${doomed.length} objects`
  return (
    <div>
      <strong>
        {doomed.length === 0
          ? 'It owns no objects that are known.'
          : `Deletes ${count}, and what they own, from ${destinationOf(app)}:`}
      </strong>
      <ul className={classes['doomed']} tabIndex={0} aria-label="What is deleted">
        {doomed.map((resource) => (
          <li key={keyOf(resource)}>
            <span className="dim">{kindOf(resource)}</span> {resource.name}
          </li>
        ))}
      </ul>
      <p className="dim">
        What was synced is still in Git: creating the application again brings it back, but not the data in its volumes.
      </p>
    </div>
  )
}
