/** What the page keeps in its address, read from plain parameters: anything unknown is left out, nothing is trusted. */
import { many, one, type Search } from './search'

export const views = ['tree', 'list', 'why', 'operation', 'history', 'events', 'rendering'] as const
const panels = ['sync', 'delete'] as const
const sorts = ['trouble', 'name', 'project', 'destination', 'change'] as const
const ticks = ['sync', 'health', 'project', 'cluster', 'namespace'] as const

/** Filters and order of the list. */
export interface ListSearch extends Partial<Record<(typeof ticks)[number], string[]>> {
  q?: string
  sort?: (typeof sorts)[number]
}

/** What of an application is on screen: its view, an open panel, the object in hand and the drawer's tab. */
export interface ApplicationSearch {
  view?: (typeof views)[number]
  panel?: (typeof panels)[number]
  node?: string
  tab?: string
}

/** Where to go after signing in. */
export interface SignInSearch {
  return_url?: string
}

export const listSearch = (search: Search): ListSearch => ({
  ...text('q', search),
  ...oneOf('sort', sorts, search),
  ...ticks.reduce<ListSearch>(
    (all, name) => (many(search[name]).length === 0 ? all : { ...all, [name]: many(search[name]) }),
    {},
  ),
})

export const applicationSearch = (search: Search): ApplicationSearch => ({
  ...oneOf('view', views, search),
  ...oneOf('panel', panels, search),
  ...text('node', search),
  ...text('tab', search),
})

export const signInSearch = (search: Search): SignInSearch => text('return_url', search)

/** All parameters as single texts: a link can fill the form of a new application. */
export const creationSearch = (search: Search): Record<string, string> =>
  Object.fromEntries(Object.keys(search).map((name) => [name, one(search[name])]))

function text<Name extends string>(name: Name, search: Search): { [key in Name]?: string } {
  const value = one(search[name])
  return (value === '' ? {} : { [name]: value }) as { [key in Name]?: string }
}

function oneOf<Name extends string, Known extends string>(
  name: Name,
  known: readonly Known[],
  search: Search,
): { [key in Name]?: Known } {
  const value = known.find((each) => each === one(search[name]))
  return (value === undefined ? {} : { [name]: value }) as { [key in Name]?: Known }
}
