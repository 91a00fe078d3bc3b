import { Autocomplete, Checkbox, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'

import { clustersQuery, projectsQuery, repositoriesQuery } from '@/shared/api/queries'
import classes from './creation.module.css'
import { inCluster, type Values } from './draft'

export type CreationForm = UseFormReturnType<Values>

export function Fields({ form }: { form: CreationForm }) {
  return (
    <>
      <Part title="What it is called">
        <Naming form={form} />
      </Part>
      <Part title="Where it comes from">
        <Source form={form} />
      </Part>
      <Part title="Where it goes">
        <Destination form={form} />
      </Part>
      <Part title="How it is synced">
        <Policy form={form} />
      </Part>
    </>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className={classes['part']}>
      <legend>{title}</legend>
      <div className={classes['fields']}>{children}</div>
    </fieldset>
  )
}

function Naming({ form }: { form: CreationForm }) {
  const { data: projects = [] } = useQuery(projectsQuery)
  return (
    <div className={classes['pair']}>
      <TextInput label="Name" name="name" autoComplete="off" data-autofocus {...form.getInputProps('name')} />
      <Autocomplete
        label="Project"
        name="project"
        data={projects.map(({ metadata }) => metadata.name)}
        {...form.getInputProps('project')}
      />
    </div>
  )
}

function Source({ form }: { form: CreationForm }) {
  const { data: repositories = [] } = useQuery(repositoriesQuery)
  const isChart = form.values.kind === 'chart'
  return (
    <>
      <Autocomplete
        label="Repository"
        name="repoURL"
        placeholder="https://…"
        data={[...new Set(repositories.map(({ repo }) => repo))]}
        {...form.getInputProps('repoURL')}
      />
      <SegmentedControl
        aria-label="Kind of source"
        className={classes['switch'] ?? ''}
        data={[
          { value: 'path', label: 'Path in Git' },
          { value: 'chart', label: 'Helm chart' },
        ]}
        {...form.getInputProps('kind')}
      />
      <div className={classes['pair']}>
        {isChart ? (
          <TextInput label="Chart" name="chart" {...form.getInputProps('chart')} />
        ) : (
          <TextInput label="Path" name="path" placeholder="." {...form.getInputProps('path')} />
        )}
        <TextInput
          label={isChart ? 'Version' : 'Revision'}
          name="targetRevision"
          placeholder={isChart ? '1.2.3 or 1.x' : 'HEAD'}
          {...form.getInputProps('targetRevision')}
        />
      </div>
      <HelmSource form={form} />
    </>
  )
}

function HelmSource({ form }: { form: CreationForm }) {
  return (
    <details
      className={classes['more']}
      open={form.values.kind === 'chart' || form.values.helmValues !== '' || form.values.helmParameters !== ''}
    >
      <summary>Helm values and parameters</summary>
      <Textarea
        label="Values"
        description="YAML, on top of the chart's own"
        name="helmValues"
        autosize
        minRows={3}
        maxRows={16}
        spellCheck={false}
        classNames={{ input: classes['code'] ?? '' }}
        {...form.getInputProps('helmValues')}
      />
      <Textarea
        label="Parameters"
        description="name=value, one a line; they win over values"
        name="helmParameters"
        autosize
        minRows={2}
        maxRows={8}
        spellCheck={false}
        classNames={{ input: classes['code'] ?? '' }}
        {...form.getInputProps('helmParameters')}
      />
    </details>
  )
}

function Destination({ form }: { form: CreationForm }) {
  const { data: clusters = [] } = useQuery(clustersQuery)
  const byServer = form.values.destination === 'server'
  const names = clusters.flatMap(({ name }) => (name === undefined || name === '' ? [] : [name]))
  return (
    <>
      <SegmentedControl
        aria-label="Cluster by"
        className={classes['switch'] ?? ''}
        data={[
          { value: 'server', label: 'Cluster by address' },
          { value: 'name', label: 'by name' },
        ]}
        {...form.getInputProps('destination')}
      />
      <div className={classes['pair']}>
        {byServer ? (
          <Autocomplete
            label="Cluster"
            name="destServer"
            data={[...new Set([inCluster, ...clusters.map(({ server }) => server)])]}
            {...form.getInputProps('destServer')}
          />
        ) : (
          <Autocomplete
            label="Cluster"
            name="destName"
            data={[...new Set(['in-cluster', ...names])]}
            {...form.getInputProps('destName')}
          />
        )}
        <TextInput label="Namespace" name="destNamespace" {...form.getInputProps('destNamespace')} />
      </div>
      <Checkbox
        label="Create the namespace if it is missing"
        {...form.getInputProps('createNamespace', { type: 'checkbox' })}
      />
    </>
  )
}

function Policy({ form }: { form: CreationForm }) {
  return (
    <>
      <Checkbox
        label="Automated: a new commit is applied without being asked"
        {...form.getInputProps('automated', { type: 'checkbox' })}
      />
      <div className={classes['below']}>
        <Checkbox
          label="Prune: delete what is no longer in Git"
          disabled={!form.values.automated}
          {...form.getInputProps('prune', { type: 'checkbox' })}
        />
        <Checkbox
          label="Self-heal: undo changes made by others"
          disabled={!form.values.automated}
          {...form.getInputProps('selfHeal', { type: 'checkbox' })}
        />
      </div>
      <Checkbox
        label="Deleting the application deletes its objects"
        {...form.getInputProps('cascade', { type: 'checkbox' })}
      />
    </>
  )
}
