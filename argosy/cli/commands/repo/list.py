"""`argosy repo list`: show repositories, one a line."""

import click

from argosy.cli import client, printing
from argosy.cli.command import output, text
from argosy.cli.global_options import Globals
from argosy.cli.printing import say, table
from argosy.cli.views import repository as view


@click.command()
@output("wide", "url", "json", "yaml")
@text("--refresh", explain="hard: test the connections anew instead of showing what was found before")
@click.pass_obj
def command(options: Globals, *, output: str, refresh: str | None) -> None:
    """List repositories."""
    with client.connect(options) as connected:
        found = connected.get("/api/v1/repositories", {"forceRefresh": refresh == "hard"}).get("items") or []

    def urls() -> None:
        for repository in found:
            say(repository["repo"])

    printing.render(
        output, found, {"wide": lambda: table(view.HEADER, [view.row(each) for each in found]), "url": urls}
    )
