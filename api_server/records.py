"""An Application or AppProject as the index keeps it: the JSON that is answered, and the few fields that are asked for.

Made of raw JSON, field by field and without trust: one malformed object must not hide the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from argosy.engine.settings import urls

GROUP_VERSION = "argoproj.io/v1alpha1"


@dataclass(frozen=True, slots=True)
class Place:
    """Which object: its namespace and name."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Record:
    """An object without `managedFields`; `version` is its resource version, which grows with every change."""

    place: Place
    uid: str
    version: int
    project: str
    labels: Mapping[str, str]
    repositories: frozenset[str]
    body: bytes

    def manifest(self) -> dict[str, Any]:
        """Return the object, decoded afresh: the caller may keep it."""
        return orjson.loads(self.body)


def record_of(manifest: bytes | Mapping[str, Any], *, kind: str) -> Record:
    """Return the record of an object of this kind. Raises `ValueError` if it is not even an object with a name."""
    decoded: Any = orjson.loads(manifest) if isinstance(manifest, bytes) else manifest
    metadata = _mapping(decoded.get("metadata") if isinstance(decoded, Mapping) else None)
    name = metadata.get("name")
    if not isinstance(name, str) or not name:
        raise ValueError(f"{kind} without metadata.name")
    spec = _mapping(decoded.get("spec"))
    shown = {
        **decoded,
        "apiVersion": GROUP_VERSION,
        "kind": kind,
        "metadata": {key: value for key, value in metadata.items() if key != "managedFields"},
    }
    return Record(
        place=Place(_text(metadata.get("namespace")), name),
        uid=_text(metadata.get("uid")),
        version=version_of(_text(metadata.get("resourceVersion"))),
        project=_text(spec.get("project")) or "default",
        labels={str(key): _text(value) for key, value in _mapping(metadata.get("labels")).items()},
        repositories=frozenset(_repositories(spec)),
        body=orjson.dumps(shown),
    )


def version_of(text: str) -> int:
    """Return a resource version as a number: they are compared, and grow; 0 for what is none."""
    return int(text) if text.isdecimal() else 0


def _repositories(spec: Mapping[str, Any]) -> list[str]:
    sources = spec.get("sources")
    found = [*(sources if isinstance(sources, list) else []), spec.get("source")]
    return [urls.normalised(_text(_mapping(source).get("repoURL"))) for source in found if isinstance(source, Mapping)]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
