/** A new application, as a form or as YAML: two views of one manifest. */
import { Button, SegmentedControl } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { parse, stringify } from 'yaml'

import { send } from '@/shared/api/client'
import { createApplication } from '@/shared/api/requests'
import type { Application } from '@/shared/api/types'
import { AsCommand } from '@/shared/ui/as-command'
import { ErrorNote } from '@/shared/ui/notes'
import { createCommand } from './command'
import classes from './creation.module.css'
import { manifestOf, prefilled, valuesOf, type Values } from './draft'
import { Fields } from './fields'
import { refusalOf } from './refusal'
import { YamlView } from './yaml-view'

interface Props {
  /** From the address: a link can fill the form. */
  parameters: Record<string, string>
  created: (application: Application) => void
}

type View = { as: 'form' } | { as: 'yaml'; text: string; problem: string | undefined }

const required = (what: string) => (value: string) => (value.trim() === '' ? `${what} is missing` : null)

function useDraft(parameters: Record<string, string>) {
  const form = useForm<Values>({
    mode: 'controlled',
    initialValues: prefilled(parameters),
    validate: {
      name: (value) =>
        /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(value)
          ? null
          : 'Small letters, digits, - and ., beginning and ending with a letter or digit',
      project: required('The project'),
      repoURL: required('The repository'),
      chart: (value, values) => (values.kind === 'chart' ? required('The chart')(value) : null),
      path: (value, values) => (values.kind === 'path' ? required('The path')(value) : null),
      targetRevision: (value, values) => (values.kind === 'chart' ? required("The chart's version")(value) : null),
      destServer: (value, values) => (values.destination === 'server' ? required('The cluster')(value) : null),
      destName: (value, values) => (values.destination === 'name' ? required('The cluster')(value) : null),
    },
  })
  const [base, setBase] = useState<Partial<Application>>({})
  const [view, setView] = useState<View>({ as: 'form' })

  const toYaml = () =>
    setView({ as: 'yaml', text: stringify(manifestOf(form.values, base), { lineWidth: 0 }), problem: undefined })
  const edit = (text: string) => setView({ as: 'yaml', text, problem: problemOf(text) })
  const toForm = () => {
    if (view.as !== 'yaml' || view.problem !== undefined) return
    const manifest = parse(view.text) as Partial<Application>
    setBase(manifest)
    form.setValues(valuesOf(manifest))
    setView({ as: 'form' })
  }
  const manifest = (): Application =>
    view.as === 'yaml' ? (parse(view.text) as Application) : manifestOf(form.values, base)
  return { form, view, toYaml, toForm, edit, manifest }
}

function problemOf(text: string): string | undefined {
  try {
    const value: unknown = parse(text)
    return typeof value === 'object' && value !== null ? undefined : 'This is not a manifest: it has no fields.'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

export function CreationPage({ parameters, created }: Props) {
  const { form, view, toYaml, toForm, edit, manifest } = useDraft(parameters)
  const create = useMutation({
    mutationFn: () => send<Application>(createApplication(manifest())),
    onSuccess: created,
    onError: (error) => {
      if (view.as === 'form') form.setErrors(refusalOf(error.message, form.values).fields)
    },
  })
  const submit =
    view.as === 'yaml'
      ? (event: React.SubmitEvent) => {
          event.preventDefault()
          create.mutate()
        }
      : form.onSubmit(
          () => create.mutate(),
          () => focusFirstError(),
        )
  const broken = view.as === 'yaml' && view.problem !== undefined
  const said = create.error === null ? '' : unplaced(create.error, view, form.values)
  return (
    <div className={classes['page']}>
      <title>New application · Argosy</title>
      <div className={classes['head']}>
        <h1>New application</h1>
        <SegmentedControl
          aria-label="Show as"
          value={view.as}
          onChange={(as) => (as === 'yaml' ? toYaml() : toForm())}
          data={[
            { value: 'form', label: 'Form', disabled: broken },
            { value: 'yaml', label: 'YAML' },
          ]}
        />
      </div>
      <form onSubmit={submit} className={classes['form']} noValidate>
        {view.as === 'form' ? <Fields form={form} /> : <YamlView text={view.text} problem={view.problem} edit={edit} />}
        {said === '' ? null : <ErrorNote doing="Create the application" error={said} />}
        <div className={classes['foot']}>
          <Button type="submit" disabled={broken} loading={create.isPending}>
            Create
          </Button>
          {broken ? null : (
            <AsCommand
              acts={[
                {
                  cli: view.as === 'form' ? createCommand(form.values) : 'argosy app create -f application.yaml',
                  request: createApplication(manifest()),
                },
              ]}
            />
          )}
        </div>
      </form>
    </div>
  )
}

/** What the server said and no field shows. */
const unplaced = (error: Error, view: View, values: Values) =>
  view.as === 'form' ? refusalOf(error.message, values).rest : error.message

/** To the first field that is wrong, once it has been marked. */
function focusFirstError(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
}
