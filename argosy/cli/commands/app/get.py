"""`argosy app get`: show an application with its resources."""

import click

from argosy.cli import applications, client, report
from argosy.cli.applications import Refresh
from argosy.cli.command import flag, output
from argosy.cli.commands.app.options import app_namespace
from argosy.cli.global_options import Globals


@click.command()
@click.argument("name", metavar="APPNAME")
@output(*report.FORMATS)
@flag("--refresh", explain="Compare anew before showing")
@flag("--hard-refresh", explain="Render and compare anew before showing")
@flag("--show-operation", explain="Show the last operation")
@flag("--show-params", explain="Show the Helm parameters")
@app_namespace()
@click.pass_obj
def command(options: Globals, name: str, *, output: str, app_namespace: str | None, **given: bool) -> None:
    """Show an application."""
    wanted = applications.parse(name, app_namespace)
    refresh: Refresh | None = "hard" if given["hard_refresh"] else "normal" if given["refresh"] else None
    with client.connect(options) as connected:
        document = applications.fetch(connected, wanted, refresh=refresh)
        report.show(
            connected,
            wanted,
            document,
            output=output,
            with_operation=given["show_operation"],
            with_parameters=given["show_params"],
        )
