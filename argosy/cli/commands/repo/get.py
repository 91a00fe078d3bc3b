"""`argosy repo get`: show one repository."""

import click

from argosy.cli import client, printing
from argosy.cli.client import item_path
from argosy.cli.command import output, text
from argosy.cli.global_options import Globals
from argosy.cli.printing import say, table
from argosy.cli.views import repository as view


@click.command()
@click.argument("url", metavar="REPO")
@output("wide", "url", "json", "yaml")
@text("--project", explain="Project of the repository")
@text("--refresh", explain="hard: test the connection anew instead of showing what was found before")
@click.pass_obj
def command(options: Globals, url: str, *, output: str, project: str | None, refresh: str | None) -> None:
    """Show a repository, without its credentials."""
    asked = {"appProject": project, "forceRefresh": refresh == "hard"}
    with client.connect(options) as connected:
        found = connected.get(item_path("repositories", url), asked)
    views = {"wide": lambda: table(view.HEADER, [view.row(found)]), "url": lambda: say(found["repo"])}
    printing.render(output, found, views)
