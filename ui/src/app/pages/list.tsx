import { getRouteApi } from '@tanstack/react-router'

import { ApplicationsPage } from '@/features/applications/applications-page'
import type { Filters } from '@/features/applications/filters'
import { send } from '@/shared/api/client'
import { applicationNameOf, refreshApplication } from '@/shared/api/requests'
import type { Application } from '@/shared/api/types'
import { ErrorNote } from '@/shared/ui/notes'
import { useMutation } from '@tanstack/react-query'

const route = getRouteApi('/signed-in/applications')

/** The list of applications, with its filters kept in the address. */
export function ListPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const refresh = useMutation({
    mutationFn: (app: Application) => send(refreshApplication(applicationNameOf(app), 'normal')),
  })
  const open = (app: Application, panel?: 'sync') =>
    void navigate({
      to: '/applications/$namespace/$name',
      params: { namespace: app.metadata.namespace ?? '', name: app.metadata.name },
      search: panel === undefined ? {} : { panel },
    })
  const filters: Filters = {
    text: search.q ?? '',
    sort: search.sort ?? 'trouble',
    ticked: {
      sync: search.sync ?? [],
      health: search.health ?? [],
      project: search.project ?? [],
      cluster: search.cluster ?? [],
      namespace: search.namespace ?? [],
    },
  }
  const change = ({ text, sort, ticked }: Filters) =>
    void navigate({ search: { q: text, sort, ...ticked }, replace: true, resetScroll: false })
  const failed =
    refresh.error === null ? null : (
      <ErrorNote doing={`Refresh ${refresh.variables.metadata.name}`} error={refresh.error} />
    )
  return (
    <ApplicationsPage
      filters={filters}
      change={change}
      notice={failed}
      open={(app) => open(app)}
      sync={(app) => open(app, 'sync')}
      refresh={(app) => refresh.mutate(app)}
    />
  )
}
