"""`argosy admin settings`: one file for each verb, and the table of them."""

import click

from argosy.cli.command import Entry, LazyGroup

ENTRIES = {
    "resource-overrides": Entry(
        "argosy.cli.commands.admin.settings.resource_overrides", "Try what resource.customizations say of a kind"
    ),
}


@click.group("settings", cls=LazyGroup, entries=ENTRIES)
def command() -> None:
    """Say what the settings make of objects."""
