import { Textarea } from '@mantine/core'

import { Copying } from '@/shared/ui/copy'
import classes from './creation.module.css'

interface Props {
  text: string
  problem: string | undefined
  edit: (text: string) => void
}

/** The manifest to change by hand; what is said here and not in the form is kept. */
export function YamlView({ text, problem, edit }: Props) {
  return (
    <div className={classes['yaml']}>
      <div className={classes['copy']}>
        <Copying text={text} what="the manifest" />
      </div>
      <Textarea
        aria-label="The Application as YAML"
        autosize
        minRows={16}
        spellCheck={false}
        classNames={{ input: classes['code'] ?? '' }}
        value={text}
        error={problem}
        onChange={(event) => edit(event.currentTarget.value)}
      />
    </div>
  )
}
