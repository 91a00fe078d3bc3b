"""`argosy repo rm`: remove repositories with their credentials."""

import click

from argosy.cli import client
from argosy.cli.client import item_path
from argosy.cli.command import names, text
from argosy.cli.global_options import Globals
from argosy.cli.printing import say


@click.command()
@names("REPO...")
@text("--project", explain="Project of the repository")
@click.pass_obj
def command(options: Globals, names: tuple[str, ...], *, project: str | None) -> None:
    """Remove repositories."""
    with client.connect(options) as connected:
        for url in names:
            connected.delete(item_path("repositories", url), {"appProject": project})
            say(f"Repository '{url}' removed")
