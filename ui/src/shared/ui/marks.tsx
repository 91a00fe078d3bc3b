/** Health and sync, always as icon, word and colour, and always in that order. */
import {
  ArrowUpRight,
  Check,
  CircleDashed,
  CirclePause,
  CircleQuestionMark,
  CircleSlash,
  Heart,
  HeartCrack,
  LoaderCircle,
  type LucideIcon,
} from 'lucide-react'

import type { HealthStatusCode, SyncStatusCode } from '../api/types'
import classes from './marks.module.css'

interface Look {
  icon: LucideIcon
  tone: 'good' | 'busy' | 'warning' | 'error' | 'dim'
  word: string
}

const healthLooks: Record<HealthStatusCode, Look> = {
  Healthy: { icon: Heart, tone: 'good', word: 'Healthy' },
  Progressing: { icon: LoaderCircle, tone: 'busy', word: 'Progressing' },
  Suspended: { icon: CirclePause, tone: 'dim', word: 'Suspended' },
  Missing: { icon: CircleDashed, tone: 'warning', word: 'Missing' },
  Degraded: { icon: HeartCrack, tone: 'error', word: 'Degraded' },
  Unknown: { icon: CircleQuestionMark, tone: 'dim', word: 'Unknown' },
}

const syncLooks: Record<SyncStatusCode, Look> = {
  Synced: { icon: Check, tone: 'good', word: 'Synced' },
  OutOfSync: { icon: ArrowUpRight, tone: 'warning', word: 'OutOfSync' },
  Unknown: { icon: CircleSlash, tone: 'dim', word: 'Unknown' },
}

interface MarkProps<Status> {
  status: Status | undefined
  /** The word is for the eye too, or only for hover texts and screen readers where space is short. */
  show?: 'word' | 'icon'
}

export function HealthMark({ status, show = 'word' }: MarkProps<HealthStatusCode>) {
  return status === undefined ? null : <Mark look={healthLooks[status]} subject="health" show={show} />
}

export function SyncMark({ status, show = 'word' }: MarkProps<SyncStatusCode>) {
  return status === undefined ? null : <Mark look={syncLooks[status]} subject="sync" show={show} />
}

function Mark({ look, subject, show }: { look: Look; subject: string; show: 'word' | 'icon' }) {
  const Icon = look.icon
  return (
    <span className={classes['mark']} data-tone={look.tone} title={`${subject}: ${look.word}`}>
      <Icon
        size={15}
        strokeWidth={2.25}
        aria-hidden
        className={look.icon === LoaderCircle ? classes['turning'] : undefined}
      />
      <span className={show === 'word' ? undefined : 'visually-hidden'}>{look.word}</span>
    </span>
  )
}
