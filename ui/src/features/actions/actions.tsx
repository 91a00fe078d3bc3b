/** What can be done to the object in hand besides a sync; asked of the server when the menu is opened. */
import { Button, Menu } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Check, ChevronDown, Zap } from 'lucide-react'
import { useState } from 'react'

import { actionsQuery } from '@/shared/api/queries'
import { applicationNameOf } from '@/shared/api/requests'
import type { Application, ResourceAction, ResourceNode } from '@/shared/api/types'
import { ErrorNote } from '@/shared/ui/notes'
import { ActionDialog } from './action-dialog'
import classes from './actions.module.css'
import { labelOf } from './words'

interface Props {
  app: Application
  node: ResourceNode
}

export function Actions({ app, node }: Props) {
  const [opened, setOpened] = useState(false)
  const [chosen, choose] = useState<ResourceAction>()
  const [done, setDone] = useState<string>()
  const { data, error, refetch } = useQuery({
    ...actionsQuery(applicationNameOf(app), node, node.resourceVersion ?? ''),
    enabled: opened,
  })
  return (
    <div className={classes['bar']}>
      <Menu opened={opened} onChange={setOpened} position="bottom-start">
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<Zap size={15} aria-hidden />}
            rightSection={<ChevronDown size={15} aria-hidden />}
          >
            Actions
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Choices actions={data} failed={error !== null} choose={choose} />
        </Menu.Dropdown>
      </Menu>
      <span role="status">
        {done === undefined ? null : (
          <span className={classes['done']}>
            <Check size={15} aria-hidden /> {done}
          </span>
        )}
      </span>
      {error === null ? null : <ErrorNote doing="Reading the actions" error={error} again={() => void refetch()} />}
      <ActionDialog
        app={app}
        node={node}
        action={chosen}
        close={() => choose(undefined)}
        ran={(action) => setDone(`${labelOf(action)}: done`)}
      />
    </div>
  )
}

interface ChoicesProps {
  actions: ResourceAction[] | undefined
  failed: boolean
  choose: (action: ResourceAction) => void
}

function Choices({ actions, failed, choose }: ChoicesProps) {
  if (actions === undefined) return <Menu.Item disabled>{failed ? 'They are not known' : 'Reading…'}</Menu.Item>
  if (actions.length === 0) return <Menu.Item disabled>There are none for this object</Menu.Item>
  return actions.map((action) => (
    <Menu.Item key={action.name} disabled={action.disabled ?? false} onClick={() => choose(action)}>
      {labelOf(action)}
    </Menu.Item>
  ))
}
