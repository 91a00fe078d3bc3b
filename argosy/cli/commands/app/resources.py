"""`argosy app resources`: list the resources of an application."""

from collections.abc import Mapping
from typing import Any

import click

from argosy.cli import applications, client, printing, report
from argosy.cli.command import flag, output
from argosy.cli.commands.app.options import app_namespace
from argosy.cli.global_options import Globals
from argosy.cli.printing import Branch, table
from argosy.cli.views import tree


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
        found = connected.get(wanted.path("resource-tree"), wanted.parameters())
    views = {
        "wide": lambda: table(tree.LISTED_HEADER, _rows(found, orphaned=orphaned)),
        "tree": lambda: printing.tree(tree.LISTED_HEADER, _branches(found, orphaned=orphaned)),
        "tree=detailed": lambda: printing.tree(
            tree.LISTED_DETAILED_HEADER, _branches(found, orphaned=orphaned, detailed_at=report.now())
        ),
    }
    printing.render(output, found, views)


def _rows(found: Mapping[str, Any], *, orphaned: bool | None) -> list[tuple[str, ...]]:
    roots, orphans = _chosen(found, orphaned=orphaned)
    rows = [_row(node, "No") for node in roots if not node.get("parentRefs")]
    return rows + [_row(node, "Yes") for node in orphans]


def _branches(found: Mapping[str, Any], *, orphaned: bool | None, detailed_at: str = "") -> list[Branch]:
    nodes, orphans = _chosen(found, orphaned=orphaned)
    own = tree.listed(nodes, orphaned="No", detailed_at=detailed_at)
    return own + tree.listed(orphans, orphaned="Yes", detailed_at=detailed_at)


def _chosen(found: Mapping[str, Any], *, orphaned: bool | None) -> tuple[list[Any], list[Any]]:
    """Return the application's nodes and the orphaned ones, as far as they are asked for."""
    own = [] if orphaned is True else found.get("nodes") or []
    return own, [] if orphaned is False else found.get("orphanedNodes") or []


def _row(node: Mapping[str, Any], orphaned: str) -> tuple[str, ...]:
    return (*(str(node.get(name) or "") for name in ("group", "kind", "namespace", "name")), orphaned)
