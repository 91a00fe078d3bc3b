"""Reads fields of live objects, whatever stands there: what is not of the expected type counts as absent.

Anybody may write a custom resource, or serve one in an old form; the tree shows what it can of it. Used by all
modules of `tree`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from argosy.engine.model.resource import Manifest

_NOTHING: Mapping[str, Any] = {}


def at(value: object, *path: str) -> object:
    """Return what is at the end of a path of fields, None if it does not lead there."""
    for field in path:
        if not isinstance(value, Mapping):
            return None
        value = cast("Mapping[str, object]", value).get(field)
    return value


def mapping(value: object, *path: str) -> Mapping[str, Any]:
    """Return the mapping at the end of a path, empty if there is none."""
    found = at(value, *path)
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else _NOTHING


def each(value: object, *path: str) -> Iterator[Mapping[str, Any]]:
    """Yield the mappings of the list at the end of a path."""
    found = at(value, *path)
    if isinstance(found, list):
        for item in cast("list[object]", found):
            if isinstance(item, Mapping):
                yield cast("Mapping[str, Any]", item)


def text(value: object, *path: str) -> str:
    """Return the text at the end of a path, empty if there is none."""
    found = at(value, *path)
    return found if isinstance(found, str) else ""


def texts(value: object, *path: str) -> list[str]:
    """Return the texts of the list at the end of a path that are not empty."""
    found = at(value, *path)
    listed = cast("list[object]", found) if isinstance(found, list) else []
    return [item for item in listed if isinstance(item, str) and item]


def number(value: object, *path: str) -> int:
    """Return the whole number at the end of a path, 0 if there is none."""
    found = at(value, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def strings(value: object, *path: str) -> Mapping[str, str]:
    """Return the entries of the mapping at the end of a path whose values are texts."""
    return {name: entry for name, entry in mapping(value, *path).items() if isinstance(entry, str)}


def labels(manifest: Manifest) -> Mapping[str, str]:
    """Return the object's labels."""
    return strings(manifest, "metadata", "labels")


def annotations(manifest: Manifest) -> Mapping[str, str]:
    """Return the object's annotations."""
    return strings(manifest, "metadata", "annotations")


def namespace(manifest: Manifest) -> str:
    """Return the object's namespace, empty for a cluster-scoped one."""
    return text(manifest, "metadata", "namespace")
