import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'

import { Copying } from '@/shared/ui/copy'
import { EmptyNote } from '@/shared/ui/notes'
import classes from './empty.module.css'

const commands = [
  'argosy repo add https://git.example.com/team/deployments.git',
  'argosy app create guestbook --repo https://git.example.com/team/deployments.git --path guestbook --dest-server https://kubernetes.default.svc --dest-namespace guestbook',
]

export function NoApplications() {
  return (
    <EmptyNote of="page" title="No applications yet">
      <p className="dim">
        An application says which path of which repository belongs into which namespace of which cluster. Create the
        first one here, or with two commands:
      </p>
      {commands.map((command) => (
        <div key={command} className={classes['command']}>
          <code>{command}</code>
          <Copying text={command} what="the command" />
        </div>
      ))}
      <Button component={Link} to="/applications/new" mt={16}>
        Create an application
      </Button>
    </EmptyNote>
  )
}

export function NothingFound({ clear }: { clear: () => void }) {
  return (
    <EmptyNote title="Nothing matches these filters">
      <Button variant="default" onClick={clear}>
        Show all applications
      </Button>
    </EmptyNote>
  )
}
