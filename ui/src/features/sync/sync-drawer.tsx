/** What happens if I press this? First the plan, then, in the same place, its progress. */
import { Drawer } from '@mantine/core'
import { useState } from 'react'

import type { Application } from '@/shared/api/types'
import { runningOperation } from '@/shared/model/application'
import { OperationView } from './operation-view'
import { SyncForm } from './sync-form'

interface Props {
  app: Application
  opened: boolean
  close: () => void
}

export function SyncDrawer({ app, opened, close }: Props) {
  return (
    <Drawer opened={opened} onClose={close} title={`Sync ${app.metadata.name}`} size={640}>
      <Steps app={app} />
    </Drawer>
  )
}

/** Mounted anew each time the drawer opens, so that it starts with the plan unless a sync is under way. */
function Steps({ app }: { app: Application }) {
  const before = app.status?.operationState?.startedAt
  const [accepted, setAccepted] = useState<{ before: string | undefined }>()
  const running = runningOperation(app) !== undefined
  if (accepted === undefined && !running) return <SyncForm app={app} accepted={() => setAccepted({ before })} />
  // Until the controller has begun, the operation on record is the one before.
  const state =
    accepted !== undefined && accepted.before === before && !running ? undefined : app.status?.operationState
  return <OperationView state={state} />
}
