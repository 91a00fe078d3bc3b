"""Reads fields of live objects, whatever stands there: what is not of the expected type counts as absent.

Anybody may write a custom resource, or serve one in an old form; the tree shows what it can of it. Objects are what a
JSON decoder made, so a type is asked for exactly: it is one of seven. Used by all modules of `tree`.
"""

from collections.abc import Mapping
from typing import Any

from argosy.engine.model.resource import Manifest

_NOTHING: Mapping[str, Any] = {}


def at(value: Any, *path: str) -> Any:
    """Return what is at the end of a path of fields, None if it does not lead there."""
    try:
        for field in path:
            if value is None:
                return None
            value = value.get(field)
    except AttributeError:  # of what JSON has, only objects have `get`; to ask first costs more
        return None
    return value


def mapping(value: Any, *path: str) -> Mapping[str, Any]:
    """Return the mapping at the end of a path, empty if there is none."""
    found = at(value, *path)
    return found if type(found) is dict else _NOTHING


def each(value: Any, *path: str) -> list[Mapping[str, Any]]:
    """Return the mappings in the list at the end of a path."""
    found = at(value, *path)
    return [item for item in found if type(item) is dict] if type(found) is list else []


def text(value: Any, *path: str) -> str:
    """Return the text at the end of a path, empty if there is none."""
    found = at(value, *path)
    return found if type(found) is str else ""


def texts(value: Any, *path: str) -> list[str]:
    """Return the texts of the list at the end of a path that are not empty."""
    found = at(value, *path)
    return [item for item in found if item and type(item) is str] if type(found) is list else []


def number(value: Any, *path: str) -> int:
    """Return the whole number at the end of a path, 0 if there is none."""
    found = at(value, *path)
    return found if type(found) is int else 0


def strings(value: Any, *path: str) -> Mapping[str, str]:
    """Return the entries of the mapping at the end of a path whose values are texts."""
    return {name: entry for name, entry in mapping(value, *path).items() if type(entry) is str}


def labels(manifest: Manifest) -> Mapping[str, str]:
    """Return the object's labels."""
    return strings(manifest, "metadata", "labels")


def annotations(manifest: Manifest) -> Mapping[str, str]:
    """Return the object's annotations."""
    return strings(manifest, "metadata", "annotations")


def namespace(manifest: Manifest) -> str:
    """Return the object's namespace, empty for a cluster-scoped one."""
    return text(manifest, "metadata", "namespace")
