/** How the manifests come about: what one would type for them, the charts' notes, and the manifests themselves. */
import { useQuery } from '@tanstack/react-query'

import { manifestsQuery } from '@/shared/api/queries'
import { applicationNameOf } from '@/shared/api/requests'
import type { Application, RenderedManifests } from '@/shared/api/types'
import { parseState, yamlOf } from '@/shared/model/manifest'
import { EmptyNote, ErrorNote, WaitNote } from '@/shared/ui/notes'
import { TextBlock } from '@/shared/ui/text-block'
import classes from './rendering.module.css'

export function RenderingView({ app }: { app: Application }) {
  const { data, error, refetch } = useQuery(manifestsQuery(applicationNameOf(app), app.status?.sync?.revision ?? ''))
  if (error !== null) return <ErrorNote doing="Rendering the sources" error={error} again={() => void refetch()} />
  if (data === undefined) return <WaitNote>Rendering the sources…</WaitNote>
  return <Rendered {...data} />
}

function Rendered({ manifests, commands, notes }: RenderedManifests) {
  const objects = (manifests ?? []).map((manifest) => yamlOf(parseState(manifest)))
  return (
    <div className={classes['rendering']}>
      {(notes ?? []).map((text, index) => (
        <section key={index}>
          <h2>Notes of the chart</h2>
          {/* As it was written: notes are not YAML. */}
          <pre className={classes['notes']} tabIndex={0}>
            {text.trim()}
          </pre>
        </section>
      ))}
      {(commands ?? []).length === 0 ? null : (
        <section>
          <h2>In a terminal</h2>
          <p className="dim">The same, typed in the folder of the source. Argosy itself starts no such command.</p>
          <TextBlock text={(commands ?? []).join('\n')} what="Commands" />
        </section>
      )}
      <section>
        <h2>Manifests</h2>
        {objects.length === 0 ? (
          <EmptyNote title="The sources render to nothing" />
        ) : (
          <TextBlock text={objects.join('---\n')} what={`${objects.length} manifests`} />
        )}
      </section>
    </div>
  )
}
