"""`argosy app manifests`: print what an application is rendered to, or what is live of it."""

import json
from collections.abc import Sequence
from typing import Any

import click

from argosy.cli import applications, client
from argosy.cli.applications import Name
from argosy.cli.client import Client
from argosy.cli.command import show_help, text
from argosy.cli.commands.app.options import app_namespace, source_revisions
from argosy.cli.global_options import Globals
from argosy.cli.offline import options as offline_options
from argosy.wire import yaml_text


@click.command()
@click.argument("name", metavar="APPNAME")
@click.option("--source", type=click.Choice(["git", "live"]), default="git", help="Wanted (git) or live manifests")
@text("--revision", explain="Render at this revision")
@source_revisions("Render at")
@text("--local", explain="Render from this folder instead of the repository, on this machine")
@offline_options.root
@offline_options.access
@app_namespace()
@click.pass_obj
def command(options: Globals, name: str, *, source: str, **given: Any) -> None:
    """Print the manifests of an application as YAML."""
    if len(given["revisions"]) != len(given["source_positions"]):
        show_help("Give as many --revisions as --source-positions.")
    wanted = applications.parse(name, given["app_namespace"])
    if given["local"]:
        _print_local(options, wanted, given)
        return
    side = "liveState" if source == "live" else "targetState"
    with client.connect(options) as connected:
        if given["revision"] or given["revisions"]:
            found = _rendered(connected, wanted, given)
        else:
            # What was never compared has no sides yet; the server then renders it, or says why it cannot.
            found = _sides(connected, wanted, side) or (source == "git" and _rendered(connected, wanted, given)) or []
    click.echo(yaml_text.dump_all([json.loads(manifest) for manifest in found]), nl=False)


def _print_local(options: Globals, name: Name, given: Any) -> None:
    from argosy.cli.offline import circumstances, served, writing  # noqa: PLC0415  heavy

    around = circumstances.given(given, options.environment, folders={})
    local = served.Local(given["local"], given["local_repo_root"])
    with client.connect(options) as connected:
        writing.write(served.render(connected, name, local, around).stamped(), "yaml")


def _rendered(connected: Client, name: Name, given: Any) -> Sequence[str]:
    parameters = name.parameters(
        revision=given["revision"],
        revisions=list(given["revisions"]),
        sourcePositions=list(given["source_positions"]),
    )
    return connected.get(name.path("manifests"), parameters).get("manifests") or []


def _sides(connected: Client, name: Name, side: str) -> Sequence[str]:
    items = connected.get(name.path("managed-resources"), name.parameters()).get("items") or []
    return [item[side] for item in items if item.get(side) not in (None, "", "null")]
