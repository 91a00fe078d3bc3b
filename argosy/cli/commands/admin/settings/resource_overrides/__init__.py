"""`argosy admin settings resource-overrides`: one file for each verb, and the table of them."""

import click

from argosy.cli.command import Entry, LazyGroup

_HERE = "argosy.cli.commands.admin.settings.resource_overrides"

ENTRIES = {
    "health": Entry(f"{_HERE}.health", "Say how a resource is"),
    "ignore-differences": Entry(f"{_HERE}.ignore_differences", "Show which fields of a resource are not compared"),
    "ignore-resource-updates": Entry(
        f"{_HERE}.ignore_resource_updates", "Show which fields of a resource may change unnoticed"
    ),
    "list-actions": Entry(f"{_HERE}.list_actions", "List the actions that a resource can have"),
    "run-action": Entry(f"{_HERE}.run_action", "Show what an action does to a resource"),
}


@click.group("resource-overrides", cls=LazyGroup, entries=ENTRIES)
def command() -> None:
    """Try what resource.customizations of argocd-cm say of a kind, on a resource in a file."""
