import { Button, Menu } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { ChevronDown, OctagonX, RefreshCw, Trash2, Upload } from 'lucide-react'

import { send } from '@/shared/api/client'
import { applicationNameOf, refreshApplication, terminateOperation } from '@/shared/api/requests'
import type { Application } from '@/shared/api/types'
import { isRequested, runningOperation } from '@/shared/model/application'
import { ErrorNote } from '@/shared/ui/notes'
import classes from './overview.module.css'

export interface ActProps {
  sync: () => void
  remove: () => void
}

/** What can be done to the application. Sync and Delete show what they would do before they ask. */
export function Acts({ app, sync, remove }: ActProps & { app: Application }) {
  const name = applicationNameOf(app)
  const refresh = useMutation({ mutationFn: (how: 'normal' | 'hard') => send(refreshApplication(name, how)) })
  const stop = useMutation({ mutationFn: () => send(terminateOperation(name)) })
  useHotkeys([['r', () => refresh.mutate('normal')]])
  const isBusy = runningOperation(app) !== undefined || isRequested(app)
  const leaving = app.metadata.deletionTimestamp !== undefined
  return (
    <>
      <div className={classes['acts']}>
        <Button leftSection={<Upload size={15} />} onClick={sync} disabled={leaving}>
          {isBusy ? 'Syncing' : 'Sync'}
        </Button>
        {isBusy ? (
          <Button
            variant="default"
            leftSection={<OctagonX size={15} />}
            onClick={() => stop.mutate()}
            loading={stop.isPending}
          >
            Terminate
          </Button>
        ) : null}
        <Button.Group>
          <Button
            variant="default"
            leftSection={<RefreshCw size={15} />}
            onClick={() => refresh.mutate('normal')}
            loading={refresh.isPending}
          >
            Refresh
          </Button>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button variant="default" px={8} aria-label="More ways to refresh">
                <ChevronDown size={15} />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => refresh.mutate('hard')}>Refresh without caches</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Button.Group>
        <Button variant="default" leftSection={<Trash2 size={15} />} onClick={remove} disabled={leaving}>
          Delete
        </Button>
      </div>
      {refresh.error === null ? null : (
        <div className={classes['failure']}>
          <ErrorNote doing={`Refresh ${name.name}`} error={refresh.error} />
        </div>
      )}
      {stop.error === null ? null : (
        <div className={classes['failure']}>
          <ErrorNote doing={`Terminate the sync of ${name.name}`} error={stop.error} />
        </div>
      )}
    </>
  )
}
