"""`argosy app diff`: show what a sync would change, resource by resource."""

from collections.abc import Mapping
from typing import Any

import click

from argosy.cli import applications, client, difference_forms, differences
from argosy.cli.applications import Name, Refresh
from argosy.cli.client import Client
from argosy.cli.command import flag, number, text
from argosy.cli.commands.app.options import app_namespace
from argosy.cli.errors import Finished
from argosy.cli.global_options import Globals
from argosy.cli.managed import ManagedResource, managed
from argosy.cli.offline import options as offline_options


@click.command()
@click.argument("name", metavar="APPNAME")
@flag("--refresh", explain="Compare anew before showing")
@flag("--hard-refresh", explain="Render and compare anew before showing")
@flag("--exit-code", explain="Exit with a code of its own if there are differences (default: true)", default=True)
@number("--diff-exit-code", explain="The exit code for differences", default=1)
@text("--local", explain="Compare with this folder instead of the repository; it is rendered on this machine")
@difference_forms.options
@offline_options.root
@offline_options.access
@app_namespace()
@click.pass_obj
def command(options: Globals, name: str, *, app_namespace: str | None, **given: Any) -> None:
    """Show what a sync would change: live with -, wanted with +.

    A diff program named by KUBECTL_EXTERNAL_DIFF is used instead if there is one.
    """
    wanted, form = applications.parse(name, app_namespace), difference_forms.chosen(given)
    refresh: Refresh | None = "hard" if given["hard_refresh"] else "normal" if given["refresh"] else None
    with client.connect(options) as connected:
        if refresh:
            applications.fetch(connected, wanted, refresh=refresh)
        resources = managed(connected, wanted)
        if given["local"]:
            resources = _with_local(connected, wanted, resources, options=options, given=given)
        found = differences.differing(resources)
    differences.show(found, options.environment, form)
    if found and given["exit_code"]:
        raise Finished(given["diff_exit_code"])


def _with_local(
    connected: Client, name: Name, known: list[ManagedResource], *, options: Globals, given: Mapping[str, Any]
) -> list[ManagedResource]:
    """Return the resources as they compare with the folder."""
    from argosy.cli.offline import circumstances, comparing, served  # noqa: PLC0415  heavy

    around = circumstances.given(given, options.environment, folders={})
    local = served.Local(given["local"], given["local_repo_root"])
    return comparing.resources(served.render(connected, name, local, around), known, options.environment)
