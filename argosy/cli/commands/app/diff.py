"""`argosy app diff`: show what a sync would change, resource by resource."""

from typing import Any

import click

from argosy.cli import applications, client, differences
from argosy.cli.applications import Refresh
from argosy.cli.command import flag, number
from argosy.cli.commands.app.options import app_namespace
from argosy.cli.errors import Finished
from argosy.cli.global_options import Globals
from argosy.cli.managed import managed


@click.command()
@click.argument("name", metavar="APPNAME")
@flag("--refresh", explain="Compare anew before showing")
@flag("--hard-refresh", explain="Render and compare anew before showing")
@flag("--exit-code", explain="Exit with a code of its own if there are differences (default: true)", default=True)
@number("--diff-exit-code", explain="The exit code for differences", default=1)
@app_namespace()
@click.pass_obj
def command(options: Globals, name: str, *, app_namespace: str | None, **given: Any) -> None:
    """Show what a sync would change: live with -, wanted with +.

    A diff program named by KUBECTL_EXTERNAL_DIFF is used instead if there is one.
    """
    wanted = applications.parse(name, app_namespace)
    refresh: Refresh | None = "hard" if given["hard_refresh"] else "normal" if given["refresh"] else None
    with client.connect(options) as connected:
        if refresh:
            applications.fetch(connected, wanted, refresh=refresh)
        found = differences.differing(managed(connected, wanted))
    differences.show(found, options.environment)
    if found and given["exit_code"]:
        raise Finished(given["diff_exit_code"])
