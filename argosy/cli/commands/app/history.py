"""`argosy app history`: show what was deployed when."""

import click

from argosy.cli import applications, client, printing
from argosy.cli.command import output
from argosy.cli.commands.app.options import app_namespace
from argosy.cli.global_options import Globals
from argosy.cli.printing import say, table
from argosy.cli.views.application import HISTORY_HEADER, history
from argosy.engine.model.application import Application


@click.command()
@click.argument("name", metavar="APPNAME")
@output("wide", "id", "json", "yaml")
@app_namespace()
@click.pass_obj
def command(options: Globals, name: str, *, output: str, app_namespace: str | None) -> None:
    """Show what was deployed when."""
    with client.connect(options) as connected:
        document = applications.fetch(connected, applications.parse(name, app_namespace))
    application = applications.view(document)
    entries = (document.get("status") or {}).get("history") or []
    views = {"wide": lambda: _tables(application), "id": lambda: _ids(application)}
    printing.render(output, entries, views)


def _tables(application: Application) -> None:
    for index, (url, rows) in enumerate(history(application)):
        if index:
            say()
        say(f"SOURCE  {url}")
        table(HISTORY_HEADER, rows)


def _ids(application: Application) -> None:
    for entry in application.status.history:
        say(str(entry.id))
