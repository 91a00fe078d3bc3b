"""`argosy health`: how objects in a file are, by the checks of the server and of its users."""

from typing import Any

import click

from argosy.cli.command import output, text
from argosy.cli.global_options import Globals
from argosy.cli.printing import render, table

_COLUMNS = ("GROUP", "KIND", "NAMESPACE", "NAME", "STATUS", "MESSAGE")


@click.command()
@click.argument("file")
@text("--argocd-cm-path", explain="File with argocd-cm, for health scripts of your own")
@output("wide", "json", "yaml")
@click.pass_obj
def command(options: Globals, file: str, *, argocd_cm_path: str | None, output: str) -> None:
    """Say how the objects in a file (- for standard input) are, as the server would; nothing leaves this machine.

    A kind without a check has no status.

    Example: kubectl get deployments,pods -o yaml | argosy health -
    """
    from argosy.cli.offline import objects, overrides  # noqa: PLC0415  heavy
    from argosy.engine.model.resource import key_of  # noqa: PLC0415

    manifests = objects.in_file(file)
    policy = overrides.settings_in(argocd_cm_path).customisations.health
    rows: list[dict[str, Any]] = []
    for manifest, found in zip(manifests, overrides.healths(manifests, policy, options.environment), strict=True):
        judged = {} if found is None else {"status": found.status, "message": found.message}
        rows.append({**key_of(manifest)._asdict(), **judged})
    render(output, rows, {"wide": lambda: table(_COLUMNS, [_cells(row) for row in rows])})


def _cells(row: dict[str, Any]) -> list[str]:
    return [str(row.get(column.lower(), "")) for column in _COLUMNS]
