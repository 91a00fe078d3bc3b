"""`argosy render`: render a folder, or the applications in a file, without a server."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from argosy.cli.command import flag, text, texts
from argosy.cli.commands.app.options import declared
from argosy.cli.errors import CommandError
from argosy.cli.global_options import Globals
from argosy.cli.offline import options as offline_options
from argosy.cli.spec.options import directory_options, helm_options, kustomize_options

_ALIASES = {"--helm-set": "--set", "--helm-set-string": "--set-string", "--helm-set-file": "--set-file"}
"""Helm's own names, for fingers that know them."""


def _source_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare the options of `app create` that say how a source is rendered."""
    return declared((*helm_options(), *kustomize_options(), *directory_options()), aliases=_ALIASES)(function)


@click.command()
@click.argument("what", metavar="PATH|APPLICATION.yaml")
@text("--name", explain="Name of the application (default: that of the folder, or as the file says)")
@text("--namespace", "-n", explain="Namespace for objects that name none (default: default, or as the file says)")
@text("--project", explain="Project of the application (default: default, or as the file says)")
@texts("--local", explain="Take sources from a folder: a Git work tree of their repository, or URL=FOLDER")
@offline_options.root
@offline_options.access
@flag("--tracking", explain="Mark the objects as the application's, as the server does")
@click.option(
    "--output", "-o", type=click.Choice(["yaml", "json"]), default="yaml", help="Output format", show_default=True
)
@_source_options
@click.pass_obj
def command(options: Globals, what: str, *, tracking: bool, output: str, **given: Any) -> None:
    """Render a folder, or the Applications in a file (- for standard input), as the server would.

    Values files are named as in an Application: relative to the folder, or from the root of the repository with a /
    in front. Nothing leaves this machine unless a source is elsewhere.

    Examples: argosy render charts/web --values values-prod.yaml --set image.tag=1.2 ; argosy render apps/web.yaml
    --local .
    """
    from argosy.cli.offline import applications, circumstances, places, rendering, writing  # noqa: PLC0415  heavy

    if what != "-" and Path(what).is_dir():
        if given["local"]:
            raise CommandError("--local is for the applications in a file; a folder is where it is")
        place = places.place_of(what, root=given["local_repo_root"])
        found = [applications.of_folder(place, given)]
        folders = {place.url: place.root}
    else:
        found = applications.in_file(what, given)
        folders = places.folders_for([source for each in found for source in each.sources], given["local"])
    around = circumstances.given(given, options.environment, folders=folders)
    rendered = rendering.render(found, around)
    marks = around.settings.tracking
    manifests = [each for one in rendered for each in (one.stamped(marks) if tracking else one.manifests)]
    writing.write(manifests, output)
