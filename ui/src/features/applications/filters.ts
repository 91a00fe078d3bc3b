/** Which applications are shown, in what order, and how many each filter would show. Plain functions over plain values. */
import type { Application } from '@/shared/api/types'
import { clusterOf, healthOf, lastChange, syncOf } from '@/shared/model/application'
import { troubleOf } from '@/shared/model/ranking'

/** The facets that can be ticked; each names what it reads from an application. */
export const facets = {
  sync: { title: 'Sync', read: syncOf as (app: Application) => string },
  health: { title: 'Health', read: healthOf as (app: Application) => string },
  project: { title: 'Project', read: (app: Application) => app.spec.project },
  cluster: { title: 'Cluster', read: (app: Application) => clusterOf(app.spec.destination) },
  namespace: { title: 'Namespace', read: (app: Application) => app.spec.destination.namespace ?? '' },
} as const

export type Facet = keyof typeof facets
export const facetNames = Object.keys(facets) as Facet[]

export type SortKey = 'trouble' | 'name' | 'project' | 'destination' | 'change'

export interface Filters {
  text: string
  ticked: Record<Facet, string[]>
  sort: SortKey
}

export const idOf = (app: Application) => `${app.metadata.namespace ?? ''}/${app.metadata.name}`

/** The applications that pass, in order. */
export function select(apps: readonly Application[], filters: Filters): Application[] {
  return apps.filter((app) => passes(app, filters)).sort(orders[filters.sort])
}

export const isFiltered = ({ text, ticked }: Filters) =>
  text !== '' || facetNames.some((facet) => ticked[facet].length > 0)

function passes(app: Application, { text, ticked }: Filters, except?: Facet): boolean {
  if (!mentions(app, text)) return false
  return facetNames.every(
    (facet) => facet === except || ticked[facet].length === 0 || ticked[facet].includes(facets[facet].read(app)),
  )
}

/** Every word of the search must stand in the name, the namespace, the repository or the path. */
function mentions(app: Application, text: string): boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return true
  const source = app.spec.sources?.[0] ?? app.spec.source
  const everything = [app.metadata.name, app.metadata.namespace, source?.repoURL, source?.path, source?.chart]
    .join('\n')
    .toLowerCase()
  return words.every((word) => everything.includes(word))
}

export interface FacetOption {
  value: string
  /** How many would be shown with this one ticked, all other filters as they are. */
  count: number
}

/** What can be ticked in one facet, in the order of `preferred`, then by name. Ticked values stay listed at zero. */
export function optionsOf(apps: readonly Application[], filters: Filters, facet: Facet): FacetOption[] {
  const counts = new Map<string, number>(filters.ticked[facet].map((value) => [value, 0]))
  for (const app of apps) {
    if (!passes(app, filters, facet)) continue
    const value = facets[facet].read(app)
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  const options = [...counts].map(([value, count]) => ({ value, count }))
  return options.sort((a, b) => place(facet, a.value) - place(facet, b.value) || a.value.localeCompare(b.value))
}

const preferred: Partial<Record<Facet, string[]>> = {
  sync: ['OutOfSync', 'Unknown', 'Synced'],
  health: ['Degraded', 'Missing', 'Unknown', 'Progressing', 'Suspended', 'Healthy'],
}

const place = (facet: Facet, value: string) => {
  const at = preferred[facet]?.indexOf(value) ?? 0
  return at === -1 ? Infinity : at
}

type Order = (a: Application, b: Application) => number

const byName: Order = (a, b) => compare(a.metadata.name, b.metadata.name) || compare(idOf(a), idOf(b))

const orders: Record<SortKey, Order> = {
  trouble: (a, b) => troubleOf(a) - troubleOf(b) || byName(a, b),
  name: byName,
  project: (a, b) => compare(a.spec.project, b.spec.project) || byName(a, b),
  destination: (a, b) =>
    compare(clusterOf(a.spec.destination), clusterOf(b.spec.destination)) ||
    compare(a.spec.destination.namespace ?? '', b.spec.destination.namespace ?? '') ||
    byName(a, b),
  change: (a, b) => (lastChange(b) ?? 0) - (lastChange(a) ?? 0) || byName(a, b),
}

/** Plain comparison: names are ASCII, and a locale's collation is fifty times slower over a long list. */
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
