/** Says what is about to be done to which object, asks what the action asks for, and does it. */
import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { send } from '@/shared/api/client'
import { resourceQuery } from '@/shared/api/queries'
import { applicationNameOf, runAction } from '@/shared/api/requests'
import type { Application, ResourceAction, ResourceNode } from '@/shared/api/types'
import { actionCommand } from '@/shared/model/commands'
import { kindOf } from '@/shared/model/resource-key'
import { AsCommand } from '@/shared/ui/as-command'
import { ErrorNote, WaitNote } from '@/shared/ui/notes'
import classes from './actions.module.css'
import { currentOf, labelOf } from './words'

interface Props {
  app: Application
  node: ResourceNode
  /** Absent: closed. */
  action: ResourceAction | undefined
  close: () => void
  ran: (action: ResourceAction) => void
}

export function ActionDialog({ app, node, action, close, ran }: Props) {
  return (
    <Modal
      opened={action !== undefined}
      onClose={close}
      title={action === undefined ? '' : `${labelOf(action)} ${node.name}`}
      size={480}
    >
      {action === undefined ? null : <Asking app={app} node={node} action={action} close={close} ran={ran} />}
    </Modal>
  )
}

type Asked = Props & { action: ResourceAction }

/** The object as it is now is only needed for what the action asks for. */
function Asking(props: Asked) {
  const { app, node, action } = props
  const isNeeded = (action.params ?? []).length > 0
  const { data, isPending } = useQuery({
    ...resourceQuery(applicationNameOf(app), node, node.resourceVersion ?? ''),
    enabled: isNeeded,
  })
  if (isNeeded && isPending) return <WaitNote>Reading {node.name}…</WaitNote>
  const live = data === undefined || data === '' ? undefined : (JSON.parse(data) as Record<string, unknown>)
  return <ActionForm {...props} start={currentOf(action, live)} />
}

function ActionForm({ app, node, action, close, ran, start }: Asked & { start: Readonly<Record<string, string>> }) {
  const [filled, fill] = useState(start)
  const name = applicationNameOf(app)
  const request = runAction(name, node, action.name, filled)
  const run = useMutation({
    mutationFn: () => send(request),
    onSuccess: () => {
      ran(action)
      close()
    },
  })
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault()
        run.mutate()
      }}
    >
      <p>
        <span className="dim">{kindOf(node)}</span> {node.name}
        {node.namespace === undefined ? null : <span className="dim"> in {node.namespace}</span>}
      </p>
      {(action.params ?? []).map((parameter, index) => (
        <TextInput
          key={parameter.name}
          label={parameter.name}
          autoComplete="off"
          data-autofocus={index === 0 ? true : undefined}
          value={filled[parameter.name] ?? ''}
          onChange={(event) => fill({ ...filled, [parameter.name]: event.currentTarget.value })}
        />
      ))}
      {app.spec.syncPolicy?.automated?.selfHeal === true ? (
        <p className="dim">Self heal is on: where Git says otherwise, it is put back.</p>
      ) : null}
      {run.error === null ? null : <ErrorNote doing={`${labelOf(action)} ${node.name}`} error={run.error} />}
      <div className={classes['press']}>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" loading={run.isPending}>
          {labelOf(action)}
        </Button>
      </div>
      <AsCommand acts={[{ cli: actionCommand(name, node, action.name, filled), request }]} />
    </form>
  )
}
