"""`argosy app terminate-op`: end the operation that runs."""

import click

from argosy.cli import applications, client
from argosy.cli.commands.app.options import app_namespace
from argosy.cli.global_options import Globals
from argosy.cli.printing import say


@click.command()
@click.argument("name", metavar="APPNAME")
@app_namespace()
@click.pass_obj
def command(options: Globals, name: str, *, app_namespace: str | None) -> None:
    """End the operation that runs."""
    wanted = applications.parse(name, app_namespace)
    with client.connect(options) as connected:
        connected.delete(wanted.path("operation"), wanted.parameters())
    say(f"Application '{wanted}' operation terminating")
