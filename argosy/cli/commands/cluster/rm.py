"""`argosy cluster rm`: forget clusters. The account on the cluster stays: somebody else may use it."""

import sys

import click

from argosy.cli import client
from argosy.cli.client import item_path
from argosy.cli.command import flag, names
from argosy.cli.global_options import Globals
from argosy.cli.printing import say


@click.command()
@names("SERVER|NAME...")
@flag("--yes", "-y", explain="Do not ask")
@click.pass_obj
def command(options: Globals, names: tuple[str, ...], *, yes: bool) -> None:
    """Remove clusters."""
    asks = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    with client.connect(options) as connected:
        for name in names:
            if asks and not click.confirm(f"Are you sure you want to remove '{name}'? Its applications become Unknown"):
                say(f"The command to remove '{name}' was cancelled.")
                continue
            by_url = name.startswith(("http://", "https://"))
            connected.delete(item_path("clusters", name), {} if by_url else {"id.type": "name"})
            say(f"Cluster '{name}' removed")
