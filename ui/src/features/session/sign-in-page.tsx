/** The door. Where one goes afterwards is the caller's business. */
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'

import { ApiError, send } from '@/shared/api/client'
import { signIn } from '@/shared/api/requests'
import { Wordmark } from '@/shared/ui/wordmark'
import classes from './sign-in-page.module.css'

export function SignInPage({ enter }: { enter: () => void }) {
  const [username, setUsername] = useState('admin')
  const [password, setPassword] = useState('')
  const attempt = useMutation({ mutationFn: () => send(signIn(username, password)), onSuccess: enter })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    attempt.mutate()
  }
  return (
    <main className={classes['page']}>
      <title>Sign in · Argosy</title>
      <form className={classes['form']} onSubmit={submit}>
        <h1>
          <Wordmark size={28} />
        </h1>
        <TextInput
          label="User"
          name="username"
          autoComplete="username"
          autoFocus={username === ''}
          required
          withAsterisk={false}
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          autoFocus
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {attempt.error === null ? null : (
          <p role="alert" className={classes['error']}>
            {reasonOf(attempt.error)}
          </p>
        )}
        <Button type="submit" fullWidth loading={attempt.isPending}>
          Sign in
        </Button>
        <p className={classes['hint']}>
          The first password was printed when Argosy was started; it also stands in the Secret{' '}
          <code>argocd-initial-admin-secret</code>.
        </p>
      </form>
    </main>
  )
}

function reasonOf(error: unknown): string {
  if (error instanceof ApiError && error.status === 401) return 'That user and password do not fit together.'
  return error instanceof Error ? error.message : String(error)
}
