"""What a sync of an application would change, and how that is shown. Called by `app diff` and `app sync`.

Comes in: the managed resources. Goes out: the resources that differ, and a text for each: live with -, wanted with +.
"""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

import click

from argosy.cli.external_diff import EXTERNAL_DIFF, compare
from argosy.cli.managed import ManagedResource
from argosy.cli.printing import say
from argosy.wire import yaml_text

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def differing(resources: Sequence[ManagedResource]) -> list[ManagedResource]:
    """Keep the resources that a sync would change, make or prune; hooks are none."""
    return [resource for resource in resources if not resource.hook and _live(resource) != _wanted(resource)]


def show(resources: Sequence[ManagedResource], environment: Mapping[str, str]) -> None:
    """Print the difference of each resource, by the diff program that the environment names if there is one."""
    program = environment.get(EXTERNAL_DIFF)
    for resource in resources:
        key = resource.key
        say(f"\n===== {key.group}/{key.kind} {key.namespace}/{key.name} ======")
        before, after = _text(_live(resource)), _text(_wanted(resource))
        if program:
            compare(before, after, command=program, name=key.name)
        else:
            _show(before, after)


def _live(resource: ManagedResource) -> Mapping[str, Any] | None:
    return resource.normalized_live if resource.live else None


def _wanted(resource: ManagedResource) -> Mapping[str, Any] | None:
    """What would be live after a sync; for what is not live yet, what is wanted."""
    if resource.target is None:
        return None
    return (resource.predicted_live if resource.live else None) or resource.target


def _text(manifest: Mapping[str, Any] | None) -> str:
    return "" if manifest is None else yaml_text.dump(manifest)


def _show(before: str, after: str) -> None:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "live", "desired", lineterm="")
    for line in lines:
        colour = _COLOURS.get(line[0])
        say(click.style(line, fg=colour) if colour else line)
