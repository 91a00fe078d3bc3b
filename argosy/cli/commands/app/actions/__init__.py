"""`argosy app actions`: what can be done to single resources."""

import click

from argosy.cli.command import Entry, LazyGroup

_HERE = "argosy.cli.commands.app.actions"

ENTRIES = {
    "list": Entry(f"{_HERE}.list", "List the actions of resources"),
    "run": Entry(f"{_HERE}.run", "Run an action on resources"),
}


@click.group("actions", cls=LazyGroup, entries=ENTRIES)
def command() -> None:
    """Manage resource actions."""
