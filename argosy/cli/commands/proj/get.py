"""`argosy proj get`: show a project."""

import click

from argosy.cli import client, printing
from argosy.cli.client import item_path
from argosy.cli.command import output
from argosy.cli.global_options import Globals
from argosy.cli.printing import facts
from argosy.cli.views.project import summary

_LABEL_WIDTH = 31


@click.command()
@click.argument("name", metavar="PROJECT")
@output("wide", "json", "yaml")
@click.pass_obj
def command(options: Globals, name: str, *, output: str) -> None:
    """Show a project."""
    with client.connect(options) as connected:
        found = connected.get(item_path("projects", name))
    printing.render(output, found, {"wide": lambda: facts(summary(found), width=_LABEL_WIDTH)})
