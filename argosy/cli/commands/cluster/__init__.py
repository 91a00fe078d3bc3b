"""`argosy cluster`: one file for each verb, and the table of them."""

import click

from argosy.cli.command import Entry, LazyGroup

ENTRIES = {
    "add": Entry("argosy.cli.commands.cluster.add", "Add a cluster from a kubeconfig"),
    "list": Entry("argosy.cli.commands.cluster.list", "List clusters"),
    "rm": Entry("argosy.cli.commands.cluster.rm", "Remove clusters"),
}


@click.group("cluster", cls=LazyGroup, entries=ENTRIES)
def command() -> None:
    """Manage clusters."""
