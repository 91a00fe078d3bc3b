import { shortRevision } from '../model/resource-key'

/** A commit in seven characters, whole on hover; anything else whole. */
export function Revision({ revision }: { revision: string | undefined }) {
  const short = shortRevision(revision)
  return short === '' ? (
    <span className="dim">–</span>
  ) : (
    <code title={revision} className="revision">
      {short}
    </code>
  )
}
