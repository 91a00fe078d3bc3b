import { getRouteApi, useNavigate } from '@tanstack/react-router'

import { CreationPage } from '@/features/creation/creation-page'

const route = getRouteApi('/signed-in/applications/new')

/** Create an application, then look at it. */
export function Creation() {
  const parameters = route.useSearch()
  const navigate = useNavigate()
  return (
    <CreationPage
      parameters={parameters}
      created={({ metadata }) =>
        void navigate({
          to: '/applications/$namespace/$name',
          params: { namespace: metadata.namespace ?? '', name: metadata.name },
        })
      }
    />
  )
}
