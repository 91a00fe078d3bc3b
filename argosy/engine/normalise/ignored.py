"""Fields that a rule of the user's leaves out: JSON pointers (RFC 6901), and fields that a named manager owns."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from argosy.engine import managed
from argosy.engine.model.resource import Manifest
from argosy.engine.normalise.rules import Rules


def without(manifest: Manifest, rules: Rules) -> Manifest:
    """Return the object without its ignored fields; a pointer to nothing changes nothing."""
    return drop(manifest, rules.pointers(manifest))


def drop(manifest: Manifest, pointers: Iterable[str]) -> Manifest:
    """Return the object without the fields that the JSON pointers lead to."""
    return drop_paths(manifest, map(_segments, pointers))


def drop_paths(manifest: Manifest, paths: Iterable[Sequence[str]]) -> Manifest:
    """Return the object without the fields that the paths lead to, each a list of keys and indexes."""
    for path in paths:
        manifest = _removed(manifest, path)
    return manifest


def paths_of_managers(live: Manifest, rules: Rules) -> tuple[str, ...]:
    """Return, as JSON pointers, the fields of the live object that ignored managers own."""
    names = rules.managers(live)
    return tuple(pointer for name in sorted(names) for pointer in managed.pointers(live, name))


def _segments(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _removed(value: Any, segments: Sequence[str]) -> Any:
    """Return the value without what the segments lead to; new containers along the way, the rest shared."""
    if not segments:
        return value
    head, *rest = segments
    if isinstance(value, Mapping) and head in value:
        if rest:
            return {**value, head: _removed(value[head], rest)}
        return {key: item for key, item in value.items() if key != head}
    if isinstance(value, list) and head.isdecimal() and int(head) < len(value):
        index = int(head)
        middle = [_removed(value[index], rest)] if rest else []
        return [*value[:index], *middle, *value[index + 1 :]]
    return value
