import { getRouteApi, useRouter } from '@tanstack/react-router'

import { SignInPage } from '@/features/session/sign-in-page'
import { client } from '../query-client'
import { safeReturn } from '../search'

const route = getRouteApi('/login')

/** Sign in, then go where one was going. */
export function SignIn() {
  const { return_url: target } = route.useSearch()
  const router = useRouter()
  const enter = () => {
    client.clear()
    router.history.replace(safeReturn(target ?? ''))
  }
  return <SignInPage enter={enter} />
}
