"""`argosy repocreds add`: credentials for all repositories below a URL that have none of their own."""

from typing import Any

import click

from argosy.cli import client
from argosy.cli.command import flag
from argosy.cli.credentials import credential_options, credentials_of
from argosy.cli.global_options import Globals
from argosy.cli.printing import say


@click.command()
@click.argument("url", metavar="REPOURL")
@credential_options
@flag("--upsert", explain="Overwrite credentials for this URL that are different")
@click.pass_obj
def command(options: Globals, url: str, **given: Any) -> None:
    """Add credentials for all repositories below a URL."""
    template = {"url": url, **credentials_of(given)}
    with client.connect(options) as connected:
        added = connected.post("/api/v1/repocreds", template, {"upsert": given["upsert"]})
    say(f"Repository credentials for '{added.get('url') or url}' added")
