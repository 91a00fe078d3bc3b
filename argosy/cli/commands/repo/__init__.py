"""`argosy repo`: one file for each verb, and the table of them."""

import click

from argosy.cli.command import Entry, LazyGroup

ENTRIES = {
    "add": Entry("argosy.cli.commands.repo.add", "Add a repository"),
    "get": Entry("argosy.cli.commands.repo.get", "Show a repository"),
    "list": Entry("argosy.cli.commands.repo.list", "List repositories"),
    "rm": Entry("argosy.cli.commands.repo.rm", "Remove repositories"),
}


@click.group("repo", cls=LazyGroup, entries=ENTRIES)
def command() -> None:
    """Manage repositories."""
