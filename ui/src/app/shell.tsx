/** What stands around every page: the name, the user, whether the page is live, and the help. */
import { Button, Menu } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import { CircleUserRound, Keyboard } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'

import { send } from '@/shared/api/client'
import { userQuery, versionQuery } from '@/shared/api/queries'
import { signOut } from '@/shared/api/requests'
import type { Connection } from '@/shared/api/stream'
import { useApplicationsStream } from '@/shared/api/streams'
import { useNow } from '@/shared/ui/clock'
import { Wordmark } from '@/shared/ui/wordmark'
import { client } from './query-client'
import classes from './shell.module.css'

const Help = lazy(() => import('./help'))

export function Shell() {
  const connection = useApplicationsStream()
  const [helping, setHelping] = useState(false)
  useHotkeys([
    ['shift+?', () => setHelping(true)],
    ['?', () => setHelping(true)],
  ])
  return (
    <>
      <a className={classes['skip']} href="#content">
        To the content
      </a>
      <header className={classes['header']}>
        <Link to="/applications" className={classes['home']} aria-label="Argosy, all applications">
          <Wordmark />
        </Link>
        <Live connection={connection} />
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          leftSection={<Keyboard size={16} />}
          onClick={() => setHelping(true)}
          visibleFrom="sm"
        >
          Keys
        </Button>
        <UserMenu />
      </header>
      {connection.state === 'lost' ? <Lost connection={connection} /> : null}
      <main id="content">
        <Outlet />
      </main>
      {helping ? (
        <Suspense>
          <Help close={() => setHelping(false)} />
        </Suspense>
      ) : null}
    </>
  )
}

function Live({ connection }: { connection: Connection }) {
  const word = { connecting: 'Connecting', live: 'Live', lost: 'Disconnected' }[connection.state]
  return (
    <span
      className={classes['live']}
      data-state={connection.state}
      role="status"
      title={connection.state === 'live' ? 'This page updates itself' : undefined}
    >
      {word}
    </span>
  )
}

function Lost({ connection }: { connection: Extract<Connection, { state: 'lost' }> }) {
  const seconds = Math.max(1, Math.round((connection.retryAt - useNow()) / 1000))
  return (
    <div className={classes['lost']} role="alert">
      {connection.because} What you see may be old; trying again in about {seconds} s.
    </div>
  )
}

function UserMenu() {
  const { data: user } = useQuery(userQuery)
  const { data: version } = useQuery(versionQuery)
  const navigate = useNavigate()
  const leave = useMutation({
    mutationFn: () => send(signOut()),
    onSettled: async () => {
      await navigate({ to: '/login' })
      client.clear()
    },
  })
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<CircleUserRound size={16} />}>
          {user?.username ?? 'You'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Argosy {version?.Version ?? ''}</Menu.Label>
        <Menu.Item component="a" href="/swagger.json">
          API description
        </Menu.Item>
        <Menu.Item onClick={() => leave.mutate()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
