"""`argosy app actions list`: list the actions of an application's resources."""

from collections.abc import Mapping
from typing import Any

import click

from argosy.cli import applications, client, printing
from argosy.cli.command import output
from argosy.cli.commands.app.actions import choosing
from argosy.cli.commands.app.actions.choosing import Resource
from argosy.cli.commands.app.options import app_namespace
from argosy.cli.global_options import Globals
from argosy.cli.printing import table

_HEADER = ("GROUP", "KIND", "NAME", "ACTION", "DISABLED")


@click.command()
@click.argument("name", metavar="APPNAME")
@choosing.options(kind_is_needed=False)
@output("wide", "json", "yaml")
@app_namespace()
@click.pass_obj
def command(options: Globals, name: str, *, output: str, app_namespace: str | None, **given: Any) -> None:
    """List the actions that resources can have, and which of them make no sense just now."""
    application = applications.parse(name, app_namespace)
    found: list[dict[str, Any]] = []
    with client.connect(options) as connected:
        for resource in choosing.resources(connected, application, choosing.wanted_of(given)):
            path, query = application.path("resource", "actions"), application.parameters(**resource.query())
            found += (_shown(resource, each) for each in connected.get(path, query).get("actions") or [])
    printing.render(output, found, {"wide": lambda: table(_HEADER, [_row(each) for each in found])})


def _shown(resource: Resource, action: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Group": resource.group,
        "Kind": resource.kind,
        "Name": resource.name,
        "Action": action["name"],
        "Disabled": bool(action.get("disabled")),
    }


def _row(action: dict[str, Any]) -> tuple[str, ...]:
    *texts, disabled = action.values()
    return (*texts, "true" if disabled else "false")
