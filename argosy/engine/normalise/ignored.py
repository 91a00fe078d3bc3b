"""Fields that a rule's `jsonPointers` (RFC 6901) leave out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from argosy.engine.model.resource import Manifest
from argosy.engine.normalise.rules import Rules

_DIGITS = 10


def without(manifest: Manifest, rules: Rules) -> Manifest:
    """Return the object without its ignored fields; a pointer to nothing changes nothing (3.11)."""
    return drop(manifest, (pointer for rule in rules.about(manifest) for pointer in rule.about.json_pointers))


def drop(manifest: Manifest, pointers: Iterable[str]) -> Manifest:
    """Return the object without the fields that the JSON pointers lead to, one after the other."""
    return drop_paths(manifest, map(_segments, pointers))


def drop_paths(manifest: Manifest, paths: Iterable[Sequence[str]]) -> Manifest:
    """Return the object without the fields that the paths lead to, each a list of keys and indexes."""
    for path in paths:
        manifest = _removed(manifest, path)
    return manifest


def _segments(pointer: str) -> list[str]:
    """Return the keys of a pointer; none, which leads to nothing, for a text that is no pointer."""
    before, *keys = pointer.split("/")
    return [] if before else [key.replace("~1", "/").replace("~0", "~") for key in keys]


def _removed(value: Any, segments: Sequence[str]) -> Any:
    """Return the value without what the segments lead to; new containers along the way, the rest shared."""
    if not segments:
        return value
    head, *rest = segments
    if isinstance(value, Mapping) and head in value:
        return replaced(value, head, _removed(value[head], rest)) if rest else replaced(value, head, None)
    # Python refuses to read a number of thousands of digits.
    if isinstance(value, list) and head.isdecimal() and len(head) < _DIGITS and int(head) < len(value):
        index = int(head)
        middle = [_removed(value[index], rest)] if rest else []
        return [*value[:index], *middle, *value[index + 1 :]]
    return value


def replaced(value: Mapping[str, Any], key: str, left: Any) -> dict[str, Any]:
    """Return the map with what is left of a member, without it if nothing is.

    A map or list of which everything is ignored is ignored itself: that one side has it is no difference.
    """
    nothing = left is None or (left in ({}, []) and left != value[key])
    return {name: left if name == key else item for name, item in value.items() if name != key or not nothing}
