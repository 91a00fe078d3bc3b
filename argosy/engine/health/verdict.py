"""What a health check says, and the shorthands by which checks read an object."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from argosy.engine.model.application import HealthCode
from argosy.engine.model.resource import Manifest


class Health(NamedTuple):
    """The health of one object, with a message for people."""

    status: HealthCode
    message: str = ""


def spec_of(manifest: Manifest) -> Mapping[str, Any]:
    """Return the object's `spec`, empty if it has none."""
    return manifest.get("spec") or {}


def status_of(manifest: Manifest) -> Mapping[str, Any]:
    """Return the object's `status`, empty if it has none."""
    return manifest.get("status") or {}


def conditions_of(manifest: Manifest) -> Mapping[str, Mapping[str, Any]]:
    """Return the conditions of the object's status by type."""
    return {str(each.get("type")): each for each in status_of(manifest).get("conditions") or ()}


def is_true(condition: Mapping[str, Any] | None) -> bool:
    """Return whether the condition is there and True."""
    return condition is not None and condition.get("status") == "True"


def observed(manifest: Manifest) -> bool:
    """Return whether the object's controller has seen its newest generation."""
    generation = (manifest.get("metadata") or {}).get("generation") or 0
    return (status_of(manifest).get("observedGeneration") or 0) >= generation


def count(values: Mapping[str, Any], key: str, default: int = 0) -> int:
    """Return a count that Kubernetes leaves out when it is zero."""
    found = values.get(key)
    return default if found is None else int(found)
