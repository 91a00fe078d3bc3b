"""The managed resources of an application: what is wanted and what is live, pair by pair.

Comes in: the server's answer, whose manifests are JSON texts. Goes out: values. Called by `app diff` and `app sync`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from argosy.cli.applications import Name
from argosy.cli.client import Client
from argosy.engine.model.resource import ResourceKey


@dataclass(frozen=True)
class ManagedResource:
    """One resource; `None` for a manifest that there is none of.

    `normalized_live` and `predicted_live` are what the comparison was made of: now, and after a sync.
    """

    key: ResourceKey
    target: Mapping[str, Any] | None
    live: Mapping[str, Any] | None
    normalized_live: Mapping[str, Any] | None
    predicted_live: Mapping[str, Any] | None
    hook: bool


def managed(client: Client, name: Name) -> list[ManagedResource]:
    """Read the managed resources of an application."""
    found = client.get(name.path("managed-resources"), name.parameters())
    return [_read(item) for item in found.get("items") or []]


def _read(item: Mapping[str, Any]) -> ManagedResource:
    key = ResourceKey(*(str(item.get(field) or "") for field in ("group", "kind", "namespace", "name")))
    return ManagedResource(
        key=key,
        target=_manifest(item, "targetState"),
        live=_manifest(item, "liveState"),
        normalized_live=_manifest(item, "normalizedLiveState"),
        predicted_live=_manifest(item, "predictedLiveState"),
        hook=bool(item.get("hook")),
    )


def _manifest(item: Mapping[str, Any], field: str) -> Mapping[str, Any] | None:
    return json.loads(item.get(field) or "null")
