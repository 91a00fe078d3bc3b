"""`argosy repocreds rm`: remove credentials that repositories share."""

import click

from argosy.cli import client
from argosy.cli.client import item_path
from argosy.cli.command import names
from argosy.cli.global_options import Globals
from argosy.cli.printing import say


@click.command()
@names("URL...")
@click.pass_obj
def command(options: Globals, names: tuple[str, ...]) -> None:
    """Remove credentials."""
    with client.connect(options) as connected:
        for url in names:
            connected.delete(item_path("repocreds", url))
            say(f"Repository credentials for '{url}' removed")
