import { useQuery } from '@tanstack/react-query'

import { revisionQuery } from '@/shared/api/queries'
import { applicationNameOf } from '@/shared/api/requests'
import type { Application } from '@/shared/api/types'
import { exactly } from '@/shared/model/time'
import { Revision } from '@/shared/ui/revision'

/** Seven characters and the subject; who wrote it, and when, on hover. */
export function Commit({ app }: { app: Application }) {
  const revision = app.status?.sync?.revision ?? ''
  const isCommit = /^[0-9a-f]{40}$/.test(revision)
  const { data } = useQuery({ ...revisionQuery(applicationNameOf(app), revision), enabled: isCommit })
  const subject = data?.message?.split('\n')[0]
  const about = [data?.author, exactly(data?.date)].filter((part) => part !== undefined && part !== '').join(', ')
  return (
    <>
      <Revision revision={revision} />
      {subject === undefined ? null : <span title={about}> {subject}</span>}
    </>
  )
}
