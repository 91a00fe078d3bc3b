"""Prints rendered manifests. Called by the offline commands."""

import json
from collections.abc import Sequence

import click

from argosy.cli.printing import say
from argosy.engine.model.resource import Manifest
from argosy.wire import yaml_text

FORMATS = ("yaml", "json")


def write(manifests: Sequence[Manifest], output: str) -> None:
    """Print manifests as YAML documents, or as one JSON `List`, both of which `kubectl apply -f -` reads."""
    match output:
        case "json":
            items = {"apiVersion": "v1", "kind": "List", "items": list(manifests)}
            say(json.dumps(items, indent=2, ensure_ascii=False))
        case _:
            click.echo(yaml_text.dump_all(list(manifests)), nl=False)
