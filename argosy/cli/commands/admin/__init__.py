"""`argosy admin`: one file for each verb, and the table of them. All of it works without a server."""

import click

from argosy.cli.command import Entry, LazyGroup

ENTRIES = {
    "settings": Entry("argosy.cli.commands.admin.settings", "Say what the settings make of objects"),
}


@click.group("admin", cls=LazyGroup, entries=ENTRIES)
def command() -> None:
    """Look after an installation."""
