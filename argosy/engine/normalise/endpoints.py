"""The order of an Endpoints object's subsets, addresses and ports means nothing (3.7)."""

import json
from collections.abc import Mapping
from typing import Any

from argosy.engine.model.resource import Manifest
from argosy.engine.normalise.rules import Rules

_LISTS = ("addresses", "notReadyAddresses", "ports")


def sorted_subsets(manifest: Manifest, _rules: Rules) -> Manifest:
    """Return Endpoints with everything in one order; any other object as it is."""
    if manifest.get("kind") != "Endpoints" or manifest.get("apiVersion") != "v1":
        return manifest
    subsets = manifest.get("subsets")
    if not isinstance(subsets, list):
        return manifest
    return {**manifest, "subsets": _in_order([_sorted(each) for each in subsets])}


def _sorted(subset: Any) -> Any:
    if not isinstance(subset, Mapping):
        return subset
    return {key: _in_order(value) if key in _LISTS else value for key, value in subset.items()}


def _in_order(values: Any) -> Any:
    return sorted(values, key=_text) if isinstance(values, list) else values


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
