import { Checkbox } from '@mantine/core'
import { useState } from 'react'

import type { Application } from '@/shared/api/types'
import classes from './filter-panel.module.css'
import { facetNames, facets, optionsOf, type Facet, type Filters } from './filters'

export interface FilterProps {
  apps: readonly Application[]
  filters: Filters
  change: (filters: Filters) => void
}

/** What can be ticked, each with how many it would show. */
export function FilterPanel({ apps, filters, change }: FilterProps) {
  return (
    <div className={classes['panel']}>
      {facetNames.map((facet) => (
        <FacetGroup
          key={facet}
          facet={facet}
          apps={apps}
          filters={filters}
          tick={(values) => change({ ...filters, ticked: { ...filters.ticked, [facet]: values } })}
        />
      ))}
    </div>
  )
}

interface GroupProps {
  facet: Facet
  apps: readonly Application[]
  filters: Filters
  tick: (values: string[]) => void
}

const few = 8

function FacetGroup({ facet, apps, filters, tick }: GroupProps) {
  const [whole, setWhole] = useState(false)
  const options = optionsOf(apps, filters, facet)
  const ticked = filters.ticked[facet]
  const shown = whole ? options : options.filter(({ value }, index) => index < few || ticked.includes(value))
  const toggle = (value: string) =>
    tick(ticked.includes(value) ? ticked.filter((other) => other !== value) : [...ticked, value])
  return (
    <fieldset className={classes['group']}>
      <legend>{facets[facet].title}</legend>
      {shown.map(({ value, count }) => (
        <div key={value} className={classes['option']}>
          <Checkbox
            size="xs"
            label={value === '' ? '(none)' : value}
            title={value}
            checked={ticked.includes(value)}
            onChange={() => toggle(value)}
          />
          <span className="number dim">{count}</span>
        </div>
      ))}
      {options.length > shown.length ? (
        <button type="button" className={classes['more']} onClick={() => setWhole(true)}>
          {options.length - shown.length} more
        </button>
      ) : null}
    </fieldset>
  )
}
