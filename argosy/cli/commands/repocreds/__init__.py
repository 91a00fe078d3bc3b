"""`argosy repocreds`: one file for each verb, and the table of them."""

import click

from argosy.cli.command import Entry, LazyGroup

ENTRIES = {
    "add": Entry("argosy.cli.commands.repocreds.add", "Add credentials for all repositories below a URL"),
    "list": Entry("argosy.cli.commands.repocreds.list", "List for which URLs there are credentials"),
    "rm": Entry("argosy.cli.commands.repocreds.rm", "Remove credentials"),
}


@click.group("repocreds", cls=LazyGroup, entries=ENTRIES)
def command() -> None:
    """Manage credentials that repositories share."""
