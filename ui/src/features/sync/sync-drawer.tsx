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
  const running = runningOperation(app) !== undefined
  const started = app.status?.operationState?.startedAt
  // The operation before the one that is followed; what is followed stays in sight when it ends.
  const [followed, follow] = useState<{ before: string | undefined } | undefined>(
    running ? { before: undefined } : undefined,
  )
  if (followed === undefined) return <SyncForm app={app} accepted={() => follow({ before: started })} />
  const begun = running || followed.before !== started
  return <OperationView state={begun ? app.status?.operationState : undefined} />
}
