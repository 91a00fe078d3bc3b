"""`argosy app actions run`: run an action on a resource, or on several."""

from collections.abc import Sequence
from typing import Any

import click

from argosy.cli import applications, client
from argosy.cli.command import flag, texts
from argosy.cli.commands.app.actions import choosing
from argosy.cli.commands.app.options import app_namespace
from argosy.cli.errors import CommandError
from argosy.cli.global_options import Globals
from argosy.cli.printing import note


@click.command()
@click.argument("name", metavar="APPNAME")
@click.argument("action", metavar="ACTION")
@choosing.options(kind_is_needed=True)
@flag("--all", explain="Run it on all resources that match, even if they are several")
@texts("--param", explain="What the action asks for, as name=value; may be repeated")
@app_namespace()
@click.pass_obj
def command(
    options: Globals,
    name: str,
    action: str,
    *,
    param: Sequence[str],
    **given: Any,
) -> None:
    """Run an action on a resource; on several only with --all."""
    application = applications.parse(name, given["app_namespace"])
    parameters = [_parameter(each) for each in param]
    with client.connect(options) as connected:
        found = choosing.resources(connected, application, choosing.wanted_of(given))
        if not found:
            raise CommandError("no matching resource found", advice=f"Run: argosy app resources {application}")
        if len(found) > 1 and not given["all"]:
            raise CommandError(
                f"multiple resources match: {', '.join(map(str, found))}",
                advice="Choose one with --resource-name, --namespace or --group, or use --all.",
            )
        for resource in found:
            asked = {"name": application.name, **resource.query(), "action": action}
            body = {**asked, "appNamespace": application.namespace, "resourceActionParameters": parameters}
            connected.post(application.path("resource", "actions", "v2"), body)
            note(f"Action '{action}' ran on {resource}")


def _parameter(text: str) -> dict[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise CommandError(f"--param {text!r} is not name=value")
    return {"name": name, "value": value}
