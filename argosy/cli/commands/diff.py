"""`argosy diff`: compare manifests with live objects, both from files, as the server compares them."""

from typing import Any

import click

from argosy.cli import difference_forms, differences
from argosy.cli.command import flag, number, text, texts
from argosy.cli.errors import Finished
from argosy.cli.global_options import Globals


@click.command()
@text("--desired", explain="File of manifests: what should run (- for standard input)")
@text("--live", explain="File of live objects, as `kubectl get -o yaml` or `-o json` prints them")
@texts("--schema", explain="File of the cluster's OpenAPI v3, as of `kubectl get --raw /openapi/v3/apis/apps/v1`")
@flag("--exit-code", explain="Exit with a code of its own if there are differences (default: true)", default=True)
@number("--diff-exit-code", explain="The exit code for differences", default=1)
@difference_forms.options
@click.pass_obj
def command(options: Globals, *, desired: str | None, live: str | None, **given: Any) -> None:
    """Show what a sync would change, from files alone: live with -, wanted with +.

    Nothing is asked. Without a schema of the cluster, lists are told apart by the names of Kubernetes' own fields, and
    a quantity that is written in another way is a difference. Values of Secrets are masked.

    Example: kubectl get deployment web -o yaml | argosy diff --desired web.yaml --live -
    """
    from argosy.cli.offline import judging  # noqa: PLC0415  heavy

    form = difference_forms.chosen(given)
    found = judging.differences(judging.Files.named(desired, live, given["schema"]))
    differences.show(found, options.environment, form)
    if found and given["exit_code"]:
        raise Finished(given["diff_exit_code"])
