/**
 * Two texts side by side or in one column, with the changed words marked and the equal parts folded. Loaded when a
 * difference is first looked at, since its libraries are not needed before.
 */
import { useMediaQuery } from '@mantine/hooks'
import { createTwoFilesPatch } from 'diff'
import { useMemo, useState } from 'react'
import {
  Decoration,
  Diff,
  expandFromRawCode,
  Hunk,
  markEdits,
  parseDiff,
  tokenize,
  type HunkData,
} from 'react-diff-view'
import 'react-diff-view/style/index.css'

import classes from './difference.module.css'

interface Props {
  before: string
  after: string
  shape?: 'unified' | 'split'
}

export default function Difference({ before, after, shape }: Props) {
  const wide = useMediaQuery('(min-width: 1100px)')
  const [opened, setOpened] = useState<[number, number][]>([])
  const hunks = useMemo(
    () => opened.reduce((all, [from, to]) => expandFromRawCode(all, before, from, to), hunksOf(before, after)),
    [before, after, opened],
  )
  const tokens = useMemo(() => tokenize(hunks, { enhancers: [markEdits(hunks, { type: 'block' })] }), [hunks])
  if (hunks.length === 0) return <p className="dim">No difference.</p>
  const lines = before.split('\n').length
  return (
    <div className={classes['difference']}>
      <Diff viewType={shape ?? (wide ? 'split' : 'unified')} diffType="modify" hunks={hunks} tokens={tokens}>
        {(shown: HunkData[]) => [
          ...shown.flatMap((hunk, index) => {
            const from = index === 0 ? 1 : endOf(shown[index - 1])
            return [
              <Fold
                key={`fold-${hunk.content}`}
                from={from}
                to={hunk.oldStart}
                open={(a, b) => setOpened([...opened, [a, b]])}
              />,
              <Hunk key={hunk.content} hunk={hunk} />,
            ]
          }),
          <Fold key="fold-end" from={endOf(shown.at(-1))} to={lines} open={(a, b) => setOpened([...opened, [a, b]])} />,
        ]}
      </Diff>
    </div>
  )
}

function hunksOf(before: string, after: string): HunkData[] {
  const patch = createTwoFilesPatch('before', 'after', before, after, '', '', { context: 3 })
  // The parser wants git's header, which the patch library does not write.
  const [file] = parseDiff(`diff --git a/before b/after\n${patch.slice(patch.indexOf('---'))}`, {
    nearbySequences: 'zip',
  })
  return file?.hunks ?? []
}

const endOf = (hunk: HunkData | undefined) => (hunk === undefined ? 1 : hunk.oldStart + hunk.oldLines)

function Fold({ from, to, open }: { from: number; to: number; open: (from: number, to: number) => void }) {
  const lines = to - from
  if (lines <= 0) return null
  return (
    <Decoration>
      <button type="button" className={classes['fold']} onClick={() => open(from, to)}>
        {lines === 1 ? '1 equal line' : `${lines} equal lines`}
      </button>
    </Decoration>
  )
}
