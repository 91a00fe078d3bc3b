"""`argosy proj list`: show projects, one a line."""

import click

from argosy.cli import client, printing
from argosy.cli.command import output
from argosy.cli.global_options import Globals
from argosy.cli.printing import say, table
from argosy.cli.views.project import LIST_HEADER, list_row


@click.command()
@output("wide", "name", "json", "yaml")
@click.pass_obj
def command(options: Globals, *, output: str) -> None:
    """List projects."""
    with client.connect(options) as connected:
        found = connected.get("/api/v1/projects").get("items") or []

    def names() -> None:
        for project in found:
            say(project["metadata"]["name"])

    printing.render(
        output, found, {"wide": lambda: table(LIST_HEADER, [list_row(each) for each in found]), "name": names}
    )
