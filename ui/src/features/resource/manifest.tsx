/** A manifest to read and copy. Loaded when first looked at, since only it needs a YAML writer. */
import { parseState, yamlOf } from '@/shared/model/manifest'
import { WaitNote } from '@/shared/ui/notes'
import { TextBlock } from '@/shared/ui/text-block'

interface Props {
  /** The API's JSON text; `undefined` while it is on its way. */
  json: string | undefined
  what: string
}

export default function Manifest({ json, what }: Props) {
  if (json === undefined) return <WaitNote>Reading {what}…</WaitNote>
  const text = yamlOf(parseState(json))
  return text === '' ? <p className="dim">There is none.</p> : <TextBlock text={text.trimEnd()} what={what} />
}
