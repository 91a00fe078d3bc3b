"""The identity of a Kubernetes object, and how to read it from a manifest."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

Manifest = Mapping[str, Any]
"""A Kubernetes object as JSON; nobody edits one, a changed object is a new one."""


class GroupKind(NamedTuple):
    """A kind without its version; the core group is the empty string."""

    group: str
    kind: str

    def __str__(self) -> str:
        return f"{self.group}/{self.kind}" if self.group else self.kind


class ResourceKey(NamedTuple):
    """What tells one object of a cluster from every other; `namespace` is empty for cluster-scoped objects.

    Sorts as Argo CD sorts `status.resources`: by group, kind, namespace, name.
    """

    group: str
    kind: str
    namespace: str
    name: str

    @property
    def group_kind(self) -> GroupKind:
        """The kind of the object, without its version."""
        return GroupKind(self.group, self.kind)

    def __str__(self) -> str:
        return f"{self.group_kind}:{self.namespace}/{self.name}" if self.namespace else f"{self.group_kind}:{self.name}"


def group_of(api_version: str) -> str:
    """Return the group of an `apiVersion`: `apps` for `apps/v1`, the empty string for `v1`."""
    group, slash, _ = api_version.partition("/")
    return group if slash else ""


def version_of(manifest: Manifest) -> str:
    """Return the version part of the manifest's `apiVersion`: `v1` for `apps/v1` and for `v1`."""
    return str(manifest.get("apiVersion", "")).rpartition("/")[2]


@lru_cache(4096)
def _group_kind(api_version: str, kind: str) -> GroupKind:
    return GroupKind(group_of(api_version), kind)


def kind_of(manifest: Manifest) -> GroupKind:
    """Return the kind of a manifest, without its version."""
    return _group_kind(str(manifest.get("apiVersion", "")), str(manifest.get("kind", "")))


def key_of(manifest: Manifest) -> ResourceKey:
    """Return the key of a manifest that has `apiVersion`, `kind` and `metadata.name`."""
    metadata = manifest.get("metadata") or {}
    return ResourceKey(
        group_of(str(manifest.get("apiVersion", ""))),
        str(manifest.get("kind", "")),
        str(metadata.get("namespace") or ""),
        str(metadata.get("name") or ""),
    )


def metadata_of(manifest: Manifest) -> Mapping[str, Any]:
    """Return the manifest's metadata, empty if it has none."""
    return manifest.get("metadata") or {}


def annotations_of(manifest: Manifest) -> Mapping[str, str]:
    """Return the manifest's annotations, empty if it has none."""
    return (manifest.get("metadata") or {}).get("annotations") or {}


def labels_of(manifest: Manifest) -> Mapping[str, str]:
    """Return the manifest's labels, empty if it has none."""
    return (manifest.get("metadata") or {}).get("labels") or {}
