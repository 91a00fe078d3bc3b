"""`argosy app diff`: show what a sync would change, resource by resource."""

import difflib
from collections.abc import Mapping
from typing import Any

import click

from argosy.cli import applications, client
from argosy.cli.applications import Refresh
from argosy.cli.command import flag, number
from argosy.cli.commands.app.options import app_namespace
from argosy.cli.errors import Finished
from argosy.cli.external_diff import EXTERNAL_DIFF, compare
from argosy.cli.global_options import Globals
from argosy.cli.managed import ManagedResource, managed
from argosy.cli.printing import say
from argosy.wire import yaml_text

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


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
        differing = [resource for resource in managed(connected, wanted) if _differs(resource)]
    for resource in differing:
        say(f"\n===== {resource.key.group}/{resource.key.kind} {resource.key.namespace}/{resource.key.name} ======")
        before, after = _text(_live(resource)), _text(_wanted(resource))
        if options.environment.get(EXTERNAL_DIFF):
            compare(before, after, command=options.environment[EXTERNAL_DIFF], name=resource.key.name)
        else:
            _show(before, after)
    if differing and given["exit_code"]:
        raise Finished(given["diff_exit_code"])


def _live(resource: ManagedResource) -> Mapping[str, Any] | None:
    return resource.normalized_live if resource.live else None


def _wanted(resource: ManagedResource) -> Mapping[str, Any] | None:
    """What would be live after a sync; for what is not live yet, what is wanted."""
    if resource.target is None:
        return None
    return (resource.predicted_live if resource.live else None) or resource.target


def _differs(resource: ManagedResource) -> bool:
    return not resource.hook and _live(resource) != _wanted(resource)


def _text(manifest: Mapping[str, Any] | None) -> str:
    return "" if manifest is None else yaml_text.dump(manifest)


def _show(before: str, after: str) -> None:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "live", "desired", lineterm="")
    for line in lines:
        colour = _COLOURS.get(line[0])
        say(click.style(line, fg=colour) if colour else line)
