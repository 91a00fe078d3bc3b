"""`argosy app resources`: list the resources of an application."""

from collections.abc import Mapping
from typing import Any

import click

from argosy.cli import applications, client, printing, report
from argosy.cli.command import flag, output
from argosy.cli.commands.app.options import app_namespace
from argosy.cli.global_options import Globals
from argosy.cli.printing import table

_HEADER = ("GROUP", "KIND", "NAMESPACE", "NAME", "ORPHANED")


@click.command()
@click.argument("name", metavar="APPNAME")
@output("wide", "tree", "tree=detailed", "json", "yaml")
@flag("--orphaned", explain="Only (or with =false, all but) orphaned resources", default=None)
@app_namespace()
@click.pass_obj
def command(options: Globals, name: str, *, output: str, orphaned: bool | None, app_namespace: str | None) -> None:
    """List the resources of an application."""
    wanted = applications.parse(name, app_namespace)
    with client.connect(options) as connected:
        if output.startswith("tree"):
            application = applications.view(applications.fetch(connected, wanted))
            report.show_tree(connected, wanted, application, detailed=output == "tree=detailed")
            return
        found = connected.get(wanted.path("resource-tree"), wanted.parameters())
    printing.render(output, found, {"wide": lambda: table(_HEADER, _rows(found, orphaned=orphaned))})


def _rows(found: Mapping[str, Any], *, orphaned: bool | None) -> list[tuple[str, ...]]:
    roots = [] if orphaned is True else [node for node in found.get("nodes") or [] if not node.get("parentRefs")]
    orphans = [] if orphaned is False else found.get("orphanedNodes") or []
    return [_row(node, "No") for node in roots] + [_row(node, "Yes") for node in orphans]


def _row(node: Mapping[str, Any], orphaned: str) -> tuple[str, ...]:
    return (*(str(node.get(name) or "") for name in ("group", "kind", "namespace", "name")), orphaned)
