"""`argosy explain`: why an application is OutOfSync, not Healthy or not syncing."""

from typing import Any

import click

from argosy.cli import applications, client
from argosy.cli.applications import Refresh
from argosy.cli.command import flag, output
from argosy.cli.commands.app.options import app_namespace
from argosy.cli.global_options import Globals
from argosy.cli.printing import render, say, table


@click.command()
@click.argument("name", metavar="APPNAME")
@output("wide", "table", "json", "yaml")
@flag("--refresh", explain="Compare anew before explaining")
@flag("--hard-refresh", explain="Render and compare anew before explaining")
@app_namespace()
@click.pass_obj
def command(options: Globals, name: str, *, output: str, app_namespace: str | None, **given: bool) -> None:
    """Say why an application is OutOfSync, not Healthy or not syncing: which fields, whose change, and what is next.

    Example: argosy explain guestbook -o table
    """
    from argosy.cli.views import explanation  # noqa: PLC0415  heavy

    wanted = applications.parse(name, app_namespace)
    refresh: Refresh | None = "hard" if given["hard_refresh"] else "normal" if given["refresh"] else None
    with client.connect(options) as connected:
        if refresh:
            applications.fetch(connected, wanted, refresh=refresh)
        document: Any = connected.get(wanted.path("explain"), wanted.parameters())
    found = explanation.read(document)

    def wide() -> None:
        for line in explanation.lines(found):
            say(line)

    def as_table() -> None:
        say(found.summary)
        say(found.next_step)
        if rows := explanation.rows(found):
            say()
            table(explanation.HEADER, rows)

    render(output, document, {"wide": wide, "table": as_table})
