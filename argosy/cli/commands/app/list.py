"""`argosy app list`: show applications, one a line."""

from typing import Any

import click

from argosy.cli import applications, client, printing
from argosy.cli.command import output, text, texts
from argosy.cli.commands.app.options import app_namespace, selector
from argosy.cli.global_options import Globals
from argosy.cli.printing import say, table
from argosy.cli.views.application import LIST_HEADER, list_row, qualified_name


@click.command()
@output("wide", "name", "json", "yaml")
@selector()
@texts("--project", "-p", explain="Only applications of this project; may be repeated")
@text("--repo", "-r", explain="Only applications from this repository")
@text("--cluster", "-c", explain="Only applications on this cluster, by URL or name")
@text("--path", "-P", explain="Only applications from this path")
@app_namespace()
@click.pass_obj
def command(options: Globals, *, output: str, **given: Any) -> None:
    """List applications."""
    with client.connect(options) as connected:
        found = applications.select(
            connected, selector=given["selector"] or "", namespace=given["app_namespace"], projects=given["project"]
        )
    chosen = [item for item in found if _wanted(item, given)]
    views = [applications.view(item) for item in chosen] if output in ("wide", "name") else []

    def names() -> None:
        for view in views:
            say(qualified_name(view))

    printing.render(
        output, chosen, {"wide": lambda: table(LIST_HEADER, [list_row(view) for view in views]), "name": names}
    )


def _wanted(item: Any, given: Any) -> bool:
    view = applications.view(item)
    destination = view.spec.destination
    return (
        (not given["project"] or view.spec.project in given["project"])
        and (not given["repo"] or any(source.repo_url == given["repo"] for source in view.sources))
        and (not given["path"] or any(source.path == given["path"] for source in view.sources))
        and (not given["cluster"] or given["cluster"] in (destination.server, destination.name))
    )
