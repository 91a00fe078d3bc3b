"""`argosy repocreds list`: for which URLs there are credentials, one a line; the credentials are not shown."""

import click

from argosy.cli import client, printing
from argosy.cli.command import output
from argosy.cli.global_options import Globals
from argosy.cli.printing import say, table

_HEADER = ("URL PATTERN", "TYPE", "USERNAME")


@click.command()
@output("wide", "url", "json", "yaml")
@click.pass_obj
def command(options: Globals, *, output: str) -> None:
    """List for which URLs there are credentials."""
    with client.connect(options) as connected:
        found = connected.get("/api/v1/repocreds").get("items") or []

    def urls() -> None:
        for template in found:
            say(template["url"])

    def rows() -> None:
        table(_HEADER, [(each["url"], each.get("type") or "git", each.get("username") or "") for each in found])

    printing.render(output, found, {"wide": rows, "url": urls})
