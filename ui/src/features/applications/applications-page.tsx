/** Is anything wrong? The list of applications, wrong things first. Filters come from and go to the page's address. */
import { useQuery } from '@tanstack/react-query'
import { Button, TextInput } from '@mantine/core'
import { useHotkeys, useMediaQuery } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import { Plus, Search as SearchIcon, SlidersHorizontal } from 'lucide-react'
import { lazy, Suspense, useMemo, useRef, useState, type ReactNode } from 'react'

import { applicationsQuery } from '@/shared/api/queries'
import { listApplications } from '@/shared/api/requests'
import type { Application } from '@/shared/api/types'
import { AsCommand } from '@/shared/ui/as-command'
import { ErrorNote, WaitNote } from '@/shared/ui/notes'
import { ApplicationTable } from './application-table'
import classes from './applications-page.module.css'
import { NoApplications, NothingFound } from './empty'
import { FilterPanel } from './filter-panel'
import { facetNames, isFiltered, select, type Filters } from './filters'

const FilterDrawer = lazy(() => import('./filter-drawer'))

interface Props {
  filters: Filters
  change: (filters: Filters) => void
  /** What went wrong with one of the acts below. */
  notice: ReactNode
  /** What may be done to one application without opening it first. */
  open: (app: Application) => void
  sync: (app: Application) => void
  refresh: (app: Application) => void
}

export function ApplicationsPage({ filters, change, notice, ...acts }: Props) {
  const { data, error, refetch } = useQuery(applicationsQuery)
  const narrow = useMediaQuery('(max-width: 767px)')
  const [folded, setFolded] = useState(true)
  const selected = useMemo(() => select(data?.items ?? [], filters), [data, filters])

  if (data === undefined && error !== null)
    return (
      <div className={classes['body']}>
        <ErrorNote doing="Reading the applications" error={error} again={() => void refetch()} />
      </div>
    )
  if (data === undefined) return <WaitNote>Reading the applications…</WaitNote>
  if (data.items.length === 0) return <NoApplications />

  const panel = { apps: data.items, filters, change }
  return (
    <div className={classes['page']}>
      <title>Applications · Argosy</title>
      {narrow ? null : (
        <section className={classes['side']} aria-label="Filters">
          <FilterPanel {...panel} />
        </section>
      )}
      {narrow && !folded ? (
        <Suspense>
          <FilterDrawer {...panel} close={() => setFolded(true)} />
        </Suspense>
      ) : null}
      <div className={classes['main']}>
        <ListBar
          shown={selected.length}
          all={data.items.length}
          filters={filters}
          change={change}
          unfold={narrow ? () => setFolded(false) : undefined}
        />
        {notice}
        {selected.length === 0 ? (
          <NothingFound clear={() => change(cleared(filters))} />
        ) : (
          <ApplicationTable
            apps={selected}
            sort={filters.sort}
            sortBy={(sort) => change({ ...filters, sort })}
            {...acts}
          />
        )}
        <div className={classes['foot']}>
          <AsCommand acts={[{ cli: 'argosy app list', request: listApplications() }]} />
        </div>
      </div>
    </div>
  )
}

const cleared = (filters: Filters): Filters => ({
  ...filters,
  text: '',
  ticked: { sync: [], health: [], project: [], cluster: [], namespace: [] },
})

interface BarProps {
  shown: number
  all: number
  filters: Filters
  change: (filters: Filters) => void
  unfold: (() => void) | undefined
}

function ListBar({ shown, all, filters, change, unfold }: BarProps) {
  const search = useRef<HTMLInputElement>(null)
  useHotkeys([['/', () => search.current?.focus()]])
  const ticks = facetNames.reduce((sum, facet) => sum + filters.ticked[facet].length, 0)
  return (
    <div className={classes['bar']}>
      <h1 className={classes['title']}>
        Applications <span className="dim number">{isFiltered(filters) ? `${shown} of ${all}` : all}</span>
      </h1>
      <TextInput
        ref={search}
        className={classes['search'] ?? ''}
        aria-label="Search by name, repository or path"
        placeholder="Search  /"
        leftSection={<SearchIcon size={15} aria-hidden />}
        value={filters.text}
        onChange={(event) => change({ ...filters, text: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
      />
      {unfold === undefined ? null : (
        <Button variant="default" leftSection={<SlidersHorizontal size={15} />} onClick={unfold}>
          Filters{ticks === 0 ? '' : ` (${ticks})`}
        </Button>
      )}
      <Button component={Link} to="/applications/new" leftSection={<Plus size={16} />}>
        New application
      </Button>
    </div>
  )
}
