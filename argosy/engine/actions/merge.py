"""JSON merge patches (RFC 7396): apply one, and find the one that leads from one object to another.

A result of an action is an object; what is sent to a cluster is the patch that leads to it.
"""

from collections.abc import Mapping
from typing import Any


def merged(target: Any, patch: Any) -> Any:
    """Return the target with a merge patch applied."""
    if not isinstance(patch, Mapping):
        return patch
    base = target if isinstance(target, Mapping) else {}
    kept = {key: value for key, value in base.items() if key not in patch}
    return kept | {key: merged(base.get(key), value) for key, value in patch.items() if value is not None}


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the merge patch that leads from one object to another; empty if they are the same."""
    gone = {key: None for key, value in before.items() if value is not None and after.get(key) is None}
    changed = {
        key: _change(before.get(key), value)
        for key, value in after.items()
        if value is not None and not _same(value, before.get(key))
    }
    return gone | changed


def _same(one: Any, other: Any) -> bool:
    """Return whether two values are the same JSON: Python takes 1 for true."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _change(before: Any, after: Any) -> Any:
    both = isinstance(before, Mapping) and isinstance(after, Mapping)
    return difference(before, after) if both else after
