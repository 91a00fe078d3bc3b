"""`argosy app`: one file for each verb, and the table of them."""

import click

from argosy.cli.command import Entry, LazyGroup

_HERE = "argosy.cli.commands.app"

ENTRIES = {
    "actions": Entry(f"{_HERE}.actions", "Manage resource actions"),
    "create": Entry(f"{_HERE}.create", "Create an application"),
    "delete": Entry(f"{_HERE}.delete", "Delete applications"),
    "diff": Entry(f"{_HERE}.diff", "Show what differs between wanted and live"),
    "get": Entry(f"{_HERE}.get", "Show an application"),
    "history": Entry(f"{_HERE}.history", "Show what was deployed when"),
    "list": Entry(f"{_HERE}.list", "List applications"),
    "manifests": Entry(f"{_HERE}.manifests", "Print an application's manifests"),
    "resources": Entry(f"{_HERE}.resources", "List an application's resources"),
    "set": Entry(f"{_HERE}.set", "Change an application"),
    "sync": Entry(f"{_HERE}.sync", "Make live what is wanted"),
    "terminate-op": Entry(f"{_HERE}.terminate_op", "End a running operation"),
    "unset": Entry(f"{_HERE}.unset", "Take back what was set"),
    "wait": Entry(f"{_HERE}.wait", "Wait until an application is synced and healthy"),
}


@click.group("app", cls=LazyGroup, entries=ENTRIES)
def command() -> None:
    """Manage applications."""
