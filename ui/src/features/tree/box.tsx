/** One box of the tree: an object, a group of quiet ones, or the application itself. A button, so that keys reach it. */
import { Handle, Position, type NodeProps } from '@xyflow/react'
import { Layers } from 'lucide-react'

import type { Application } from '@/shared/api/types'
import { healthOf, syncOf } from '@/shared/model/application'
import { partsOf } from '@/shared/model/resource-key'
import { Age } from '@/shared/ui/age'
import { HealthMark, SyncMark } from '@/shared/ui/marks'
import classes from './box.module.css'
import { isTroubled, type Node } from './graph'
import type { Group } from './grouping'

export type Content =
  | { type: 'application'; application: Application }
  | { type: 'object'; node: Node; selected: boolean; open: () => void }
  | { type: 'group'; group: Group; unfold: () => void }

export function Box({ data }: NodeProps) {
  const content = data['content'] as Content
  return (
    <>
      {content.type === 'application' ? null : (
        <Handle type="target" position={Position.Left} className={classes['handle'] ?? ''} isConnectable={false} />
      )}
      <Inside content={content} />
      <Handle type="source" position={Position.Right} className={classes['handle'] ?? ''} isConnectable={false} />
    </>
  )
}

function Inside({ content }: { content: Content }) {
  switch (content.type) {
    case 'application':
      return <ApplicationBox application={content.application} />
    case 'object':
      return <ObjectBox {...content} />
    case 'group':
      return <GroupBox {...content} />
  }
}

function Name({ name }: { name: string }) {
  const [head, tail] = partsOf(name)
  return (
    <span className={classes['name']} title={name}>
      <span className={classes['cut']}>{head}</span>
      <span>{tail}</span>
    </span>
  )
}

function ApplicationBox({ application }: { application: Application }) {
  const { name } = application.metadata
  return (
    <div className={classes['box']} data-application>
      <span className={classes['marks']}>
        <HealthMark status={healthOf(application)} show="icon" />
        <SyncMark status={syncOf(application)} show="icon" />
      </span>
      <span className={classes['kind']}>Application</span>
      <Name name={name} />
    </div>
  )
}

function ObjectBox({ node, selected, open }: Extract<Content, { type: 'object' }>) {
  const { kind, name } = node.resource
  const facts = (node.live?.info ?? []).filter((fact) => shownFacts.includes(fact.name)).map((fact) => fact.value)
  return (
    <button
      type="button"
      className={`${classes['box'] ?? ''} nopan`}
      data-selected={selected}
      data-troubled={isTroubled(node)}
      data-absent={node.live === undefined}
      onClick={open}
    >
      <span className={classes['marks']}>
        <HealthMark status={node.health?.status} show="icon" />
        <SyncMark status={node.sync} show="icon" />
      </span>
      <span className={classes['kind']}>
        {kind}
        {facts.length === 0 ? '' : ` · ${facts.join(' · ')}`}
      </span>
      <span className={classes['age']}>
        {node.live?.createdAt === undefined ? null : <Age time={node.live.createdAt} />}
      </span>
      <Name name={name} />
    </button>
  )
}

const shownFacts = ['Status Reason', 'Containers', 'Restart Count', 'Revision']

function GroupBox({ group, unfold }: Extract<Content, { type: 'group' }>) {
  return (
    <button
      type="button"
      className={`${classes['box'] ?? ''} nopan`}
      data-group
      onClick={unfold}
      title="Show them one by one"
    >
      <span className={classes['marks']}>
        <Layers size={15} aria-hidden />
      </span>
      <span className={classes['kind']}>{group.kind}</span>
      <span className={classes['name']}>{group.members.length} without trouble</span>
    </button>
  )
}
