"""`argosy chart lint`: what Helm's lint says of charts, values schema included."""

from typing import Any

import click

from argosy.cli.command import flag, text, texts
from argosy.cli.errors import Finished
from argosy.cli.global_options import Globals
from argosy.cli.printing import say

_COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}
_FAILED = 1
"""Helm's exit code for charts with errors."""


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@texts("--values", "-f", explain="File or URL with values to lint with; the last one wins")
@text("--namespace", "-n", explain="Namespace that templates see", default="default")
@text("--kube-version", explain="Version of Kubernetes that the chart has to suit, as 1.37.2", default="")
@flag("--skip-schema-validation", explain="Do not check values by the chart's schema")
@flag("--strict", explain="Fail for warnings too")
@flag("--quiet", explain="Say nothing but warnings and errors")
@click.pass_obj
def command(options: Globals, paths: tuple[str, ...], *, strict: bool, quiet: bool, **given: Any) -> None:
    """Say what is wrong with charts, folders or packed files; exits with 1 if there are errors."""
    from argosy.cli.offline import charts  # noqa: PLC0415  heavy

    failing = {"error", "warning"} if strict else {"error"}
    failed = 0
    for found in charts.lint(paths, charts.Values(**given), options.environment):
        shown = [message for message in found.messages if not quiet or message.severity != "info"]
        if shown or not quiet:
            say(f"==> Linting {found.path}")
        for message in shown:
            severity = click.style(f"[{message.severity.upper()}]", fg=_COLOURS[message.severity])
            say(f"{severity} {message.path + ': ' if message.path else ''}{message.message}")
        failed += any(message.severity in failing for message in found.messages)
    if failed or not quiet:
        say(f"\n{len(paths)} chart(s) linted, {failed} chart(s) failed")
    if failed:
        raise Finished(_FAILED)
