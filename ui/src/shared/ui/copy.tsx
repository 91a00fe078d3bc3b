import { ActionIcon, CopyButton } from '@mantine/core'
import { Check, Copy } from 'lucide-react'

/** A small button that copies `text`; `what` completes "Copy ...". */
export function Copying({ text, what }: { text: string; what: string }) {
  return (
    <CopyButton value={text} timeout={1500}>
      {({ copied, copy }) => (
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          onClick={copy}
          aria-label={copied ? 'Copied' : `Copy ${what}`}
          title={copied ? 'Copied' : `Copy ${what}`}
        >
          {copied ? <Check size={14} /> : <Copy size={14} />}
        </ActionIcon>
      )}
    </CopyButton>
  )
}
