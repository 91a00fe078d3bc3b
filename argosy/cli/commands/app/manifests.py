"""`argosy app manifests`: print what an application is rendered to, or what is live of it."""

import json
from collections.abc import Iterable
from typing import Any

import click

from argosy.cli import applications, client
from argosy.cli.applications import Name
from argosy.cli.client import Client
from argosy.cli.command import text, texts
from argosy.cli.commands.app.options import app_namespace
from argosy.cli.global_options import Globals
from argosy.wire import yaml_text


@click.command()
@click.argument("name", metavar="APPNAME")
@click.option("--source", type=click.Choice(["git", "live"]), default="git", help="Wanted (git) or live manifests")
@text("--revision", explain="Render at this revision")
@texts("--revisions", explain="Render at this revision, for one of several sources; goes with --source-positions")
@texts("--source-positions", explain="Which source a revision is for, counted from 1")
@app_namespace()
@click.pass_obj
def command(options: Globals, name: str, *, source: str, **given: Any) -> None:
    """Print the manifests of an application as YAML."""
    wanted = applications.parse(name, given["app_namespace"])
    with client.connect(options) as connected:
        found = _live(connected, wanted) if source == "live" else _rendered(connected, wanted, given)
    click.echo(yaml_text.dump_all([json.loads(manifest) for manifest in found]), nl=False)


def _rendered(connected: Client, name: Name, given: Any) -> Iterable[str]:
    parameters = name.parameters(
        revision=given["revision"],
        revisions=list(given["revisions"]),
        sourcePositions=list(given["source_positions"]),
    )
    return connected.get(name.path("manifests"), parameters).get("manifests") or []


def _live(connected: Client, name: Name) -> Iterable[str]:
    items = connected.get(name.path("managed-resources"), name.parameters()).get("items") or []
    return [item["liveState"] for item in items if item.get("liveState") not in (None, "", "null")]
