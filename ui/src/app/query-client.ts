/** The page's memory of what the server said, and what happens to everyone when a session ends. */
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'

import { ApiError } from '@/shared/api/client'

const onSignedOut = new Set<() => void>()

/** Call `listener` whenever an answer says that the session is over. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut.add(listener)
}

function notice(error: unknown): void {
  if (error instanceof ApiError && error.status === 401 && error.request.path !== '/api/v1/session') {
    for (const listener of onSignedOut) listener()
  }
}

/** Only what may be different next time is asked again: no answer, or a server in trouble. */
const isPassing = (error: unknown) => error instanceof ApiError && (error.status === 0 || error.status >= 502)

export const client = new QueryClient({
  queryCache: new QueryCache({ onError: notice }),
  mutationCache: new MutationCache({ onError: notice }),
  defaultOptions: {
    // 'always': the browser's idea of being online says nothing about a server on loopback.
    queries: {
      retry: (failures, error) => failures < 2 && isPassing(error),
      refetchOnWindowFocus: false,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})
