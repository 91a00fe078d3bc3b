"""`argosy cluster list`: show clusters, one a line."""

from collections.abc import Mapping
from typing import Any

import click

from argosy.cli import client, printing
from argosy.cli.command import output
from argosy.cli.global_options import Globals
from argosy.cli.printing import say, table

_HEADER = ("SERVER", "NAME", "VERSION", "STATUS", "MESSAGE", "PROJECT")


@click.command()
@output("wide", "server", "json", "yaml")
@click.pass_obj
def command(options: Globals, *, output: str) -> None:
    """List clusters."""
    with client.connect(options) as connected:
        found = connected.get("/api/v1/clusters").get("items") or []

    def servers() -> None:
        for cluster in found:
            say(cluster["server"])

    printing.render(output, found, {"wide": lambda: table(_HEADER, [_row(each) for each in found]), "server": servers})


def _row(cluster: Mapping[str, Any]) -> tuple[str, ...]:
    info = cluster.get("info") or {}
    state = info.get("connectionState") or cluster.get("connectionState") or {}
    namespaces = cluster.get("namespaces") or []
    return (
        f"{cluster['server']} ({len(namespaces)} namespaces)" if namespaces else cluster["server"],
        str(cluster.get("name") or ""),
        str(info.get("serverVersion") or cluster.get("serverVersion") or ""),
        str(state.get("status") or ""),
        str(state.get("message") or ""),
        str(cluster.get("project") or ""),
    )
