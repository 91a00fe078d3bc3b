"""`argosy proj`: one file for each verb, and the table of them."""

import click

from argosy.cli.command import Entry, LazyGroup

ENTRIES = {
    "get": Entry("argosy.cli.commands.proj.get", "Show a project"),
    "list": Entry("argosy.cli.commands.proj.list", "List projects"),
}


@click.group("proj", cls=LazyGroup, entries=ENTRIES)
def command() -> None:
    """Show projects."""
