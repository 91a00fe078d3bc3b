"""What the verbs of `resource-overrides` have in common: the file of the resource, and that of the settings."""

from collections.abc import Callable
from typing import Any

import click

from argosy.cli.command import text


def resource(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare the resource's file and `--argocd-cm-path`."""
    decorated = text("--argocd-cm-path", explain="File with argocd-cm")(function)
    return click.argument("resource_file", metavar="RESOURCE_YAML_PATH")(decorated)
