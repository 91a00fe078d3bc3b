"""`argosy app wait`: block until applications are as asked."""

from typing import Any

import click

from argosy.cli import applications, client, report
from argosy.cli.command import flag, names, number, output, texts
from argosy.cli.commands.app.ending import await_deletion, await_end
from argosy.cli.commands.app.options import app_namespace, selector
from argosy.cli.errors import CommandError
from argosy.cli.global_options import Globals
from argosy.cli.printing import say
from argosy.cli.views.resources import parse_pattern
from argosy.cli.waiting import EVERYTHING, Conditions
from argosy.cli.watching import Wait


@click.command()
@names("[APPNAME...]", required=False)
@flag("--sync", explain="Wait until synced")
@flag("--health", explain="Wait until healthy")
@flag("--operation", explain="Wait until no operation runs")
@flag("--suspended", explain="Wait until suspended")
@flag("--degraded", explain="Wait until degraded")
@flag("--delete", explain="Wait until deleted")
@flag("--hydrated", explain="Wait until hydrated")
@texts("--resource", explain="Only these resources, as GROUP:KIND:NAME; ! in front leaves them out; * fits all")
@number("--timeout", explain="Give up after so many seconds; 0 is never", default=0)
@output(*report.FORMATS)
@selector()
@app_namespace()
@click.pass_obj
def command(options: Globals, names: tuple[str, ...], *, output: str, timeout: int, **given: Any) -> None:
    """Wait until applications are synced and healthy, and no operation runs; or as the options say."""
    conditions = _conditions(given)
    try:
        patterns = [parse_pattern(text) for text in given["resource"]]
    except ValueError as error:
        raise CommandError(str(error)) from error
    which = applications.choice(names, selector=given["selector"], namespace=given["app_namespace"])
    with client.connect(options) as connected:
        for name in applications.chosen(connected, which):
            wait = Wait(name=name, conditions=conditions, patterns=patterns, timeout=timeout)
            if conditions.deletion:
                await_deletion(connected, wait)
                say(f"Application '{name}' deleted")
            else:
                await_end(connected, wait, output=output, title=f"Waiting for {name}")


def _conditions(given: dict[str, Any]) -> Conditions:
    asked = Conditions(
        sync=given["sync"],
        health=given["health"],
        operation=given["operation"],
        suspended=given["suspended"],
        degraded=given["degraded"],
        deletion=given["delete"],
        hydrated=given["hydrated"],
    )
    return asked if asked != Conditions() else EVERYTHING
