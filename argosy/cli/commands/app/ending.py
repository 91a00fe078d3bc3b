"""What `app sync`, `app wait` and `app delete` make of the end of a wait: what is printed, and what is an error."""

from argosy.cli import report
from argosy.cli.client import Client
from argosy.cli.errors import CommandError
from argosy.cli.printing import note, say
from argosy.cli.progress import display
from argosy.cli.watching import Broken, Ended, Gone, TimedOut, Wait, follow


def await_end(client: Client, wait: Wait, *, output: str, title: str) -> Ended:
    """Wait, print the application as it is then, and return it; raises `CommandError` if it did not get there.

    With `-o json` or `yaml` the answer stands alone on standard output, and everything else on standard error.
    """
    quiet = output in ("json", "yaml")
    tell = note if quiet else say
    with display(wait.conditions, title=title, quiet=quiet) as shown:
        ending = follow(client, wait, shown)
    name = wait.name
    match ending:
        case Ended(document):
            tell("")
            report.show(client, name, document, output=output, with_operation=wait.conditions.operation)
            return ending
        case Gone():
            raise CommandError(f"application '{name}' was deleted meanwhile")
        case Broken(document, verdict):
            tell("")
            report.show(client, name, document, output=output, with_operation=wait.conditions.operation)
            raise CommandError(
                f"application '{name}' health state has transitioned from {verdict.before} to Degraded: "
                f"{verdict.state.key}"
            )
        case TimedOut(document, reasons):
            tell("\nThis is the state of the app after `wait` timed out:")
            if document is not None:
                report.show(client, name, document, output=output, with_operation=wait.conditions.operation)
            tell("\nThe command timed out waiting for the conditions to be met.")
            missing = f"; still waiting for {'; '.join(reasons)}" if reasons else ""
            raise CommandError(
                f"timed out ({wait.timeout:g}s) waiting for app {str(name)!r} match desired state{missing}"
            )


def await_deletion(client: Client, wait: Wait) -> None:
    """Wait until an application is no more; raises `CommandError` if it still is when the time is over."""
    with display(wait.conditions, title=f"Deleting {wait.name}", quiet=False) as shown:
        ending = follow(client, wait, shown)
    if not isinstance(ending, Gone):
        raise CommandError(
            f"timed out ({wait.timeout:g}s) waiting for app {str(wait.name)!r} to be deleted",
            advice=f"Run: argosy app get {wait.name}, and look for a DeletionError.",
        )
