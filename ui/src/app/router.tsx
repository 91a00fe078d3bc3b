/** The page's addresses. Everything behind the sign-in shares the shell; the heavier pages are loaded when first opened. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'

import { userQuery } from '@/shared/api/queries'
import { EmptyNote, ErrorNote } from '@/shared/ui/notes'
import { applicationSearch, creationSearch, listSearch, signInSearch } from './addresses'
import { ListPage } from './pages/list'
import { client, whenSignedOut } from './query-client'
import { parseSearch, safeReturn, stringifySearch } from './search'
import { Shell } from './shell'

const rootRoute = createRootRoute({
  component: Outlet,
  notFoundComponent: () => (
    <EmptyNote title="There is no such page">
      <a href="/applications">To the applications</a>
    </EmptyNote>
  ),
  errorComponent: ({ error, reset }) => (
    <div style={{ padding: 24 }}>
      <ErrorNote doing="Showing this page" error={error} again={reset} />
    </div>
  ),
})

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import('./pages/sign-in'), 'SignIn'),
})

const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'signed-in',
  beforeLoad: async ({ location }) => {
    const user = await client.query({ ...userQuery, staleTime: 'static' })
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- how the router is told to go elsewhere
    if (user.loggedIn !== true) throw redirect({ to: '/login', search: { return_url: safeReturn(location.href) } })
  },
  component: Shell,
})

const homeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/',
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- how the router is told to go elsewhere
    throw redirect({ to: '/applications' })
  },
})

const listRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/applications',
  validateSearch: listSearch,
  component: ListPage,
})

const creationRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/applications/new',
  validateSearch: creationSearch,
  component: lazyRouteComponent(() => import('./pages/creation'), 'Creation'),
})

const applicationRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/applications/$namespace/$name',
  validateSearch: applicationSearch,
  component: lazyRouteComponent(() => import('./pages/application'), 'ApplicationPage'),
})

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    signInRoute,
    signedInRoute.addChildren([homeRoute, listRoute, creationRoute, applicationRoute]),
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

whenSignedOut(() => {
  const here = router.state.location
  if (here.pathname === '/login') return
  client.clear()
  void router.navigate({ to: '/login', search: { return_url: safeReturn(here.href) } })
})
