"""What a sync of an application would change, and how that is shown. Called by `app diff`, `app sync` and `diff`.

Comes in: the managed resources. Goes out: the resources that differ, and lines for each, in one of three forms.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from argosy.cli import difference_forms
from argosy.cli.difference_forms import Form, Sides
from argosy.cli.managed import ManagedResource
from argosy.cli.printing import say


def differing(resources: Sequence[ManagedResource]) -> list[ManagedResource]:
    """Keep the resources that a sync would change, make or prune; hooks are none."""
    return [resource for resource in resources if not resource.hook and _live(resource) != _wanted(resource)]


def show(
    resources: Sequence[ManagedResource], environment: Mapping[str, str], form: Form = difference_forms.unified
) -> None:
    """Print the difference of each resource."""
    for resource in resources:
        key = resource.key
        say(f"\n===== {key.group}/{key.kind} {key.namespace}/{key.name} ======")
        form(Sides(key.name, _live(resource), _wanted(resource), resource.live), environment)


def _live(resource: ManagedResource) -> Mapping[str, Any] | None:
    return resource.normalized_live if resource.live else None


def _wanted(resource: ManagedResource) -> Mapping[str, Any] | None:
    """What would be live after a sync; for what is not live yet, what is wanted."""
    if resource.target is None:
        return None
    return (resource.predicted_live if resource.live else None) or resource.target
