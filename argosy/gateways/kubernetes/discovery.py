"""Read discovery documents, aggregated (one for all) or classic (one per group version), into kinds. Pure.

Called by `client`, which fetches the documents.
"""

from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec
from msgspec import Struct, field

from argosy.engine.model.resource import GroupKind
from argosy.gateways.kubernetes.errors import Unreachable
from argosy.gateways.kubernetes.port import ApiResource

_Shape = TypeVar("_Shape")


class _Kind(Struct):
    kind: str = ""


class _AggregatedResource(Struct, rename="camel"):
    resource: str
    scope: str = "Cluster"
    verbs: tuple[str, ...] = ()
    response_kind: _Kind | None = None


class _AggregatedVersion(Struct):
    version: str
    resources: tuple[_AggregatedResource, ...] | None = ()
    freshness: str = "Current"


class _Name(Struct):
    name: str = ""


class _AggregatedGroup(Struct):
    metadata: _Name = field(default_factory=_Name)
    versions: tuple[_AggregatedVersion, ...] = ()


class _Aggregated(Struct):
    kind: str = ""
    items: tuple[_AggregatedGroup, ...] = ()


class _GroupVersion(Struct):
    version: str = ""


class _Group(Struct, rename={"preferred": "preferredVersion"}):
    name: str
    versions: tuple[_GroupVersion, ...] = ()
    preferred: _GroupVersion = field(default_factory=_GroupVersion)


class _Groups(Struct):
    groups: tuple[_Group, ...] = ()


class _Versions(Struct):
    versions: tuple[str, ...] = ()


class _Resource(Struct):
    name: str
    kind: str
    namespaced: bool = False
    verbs: tuple[str, ...] | None = ()


class _Resources(Struct):
    resources: tuple[_Resource, ...] | None = ()


class _Version(Struct, rename="camel"):
    git_version: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Kinds in order of preference, and the group versions (`group/version`) that could not be read."""

    resources: tuple[ApiResource, ...] = ()
    failed: tuple[str, ...] = ()

    def __add__(self, other: "Found") -> "Found":
        return Found(self.resources + other.resources, self.failed + other.failed)


def read_aggregated(body: bytes) -> Found | None:
    """Read the aggregated document of `/api` or `/apis`; None if the server sent a classic one."""
    document = _read(body, _Aggregated)
    if document.kind != "APIGroupDiscoveryList":
        return None
    found = Found()
    for group in document.items:
        for version in group.versions:
            found += _read_version(group.metadata.name, version)
    return found


def _read_version(group: str, version: _AggregatedVersion) -> Found:
    if version.freshness == "Stale":
        return Found(failed=(group_version(group, version.version),))
    return Found(
        tuple(
            ApiResource(
                group,
                version.version,
                resource.response_kind.kind,
                resource.resource,
                namespaced=resource.scope == "Namespaced",
                verbs=frozenset(resource.verbs),
                preferred=False,
            )
            for resource in version.resources or ()
            if resource.response_kind and resource.response_kind.kind
        )
    )


def read_group_versions(body: bytes) -> tuple[tuple[str, str], ...]:
    """Read the classic document of `/api` or `/apis`: pairs of group and version, preferred versions first."""
    core = tuple(("", version) for version in _read(body, _Versions).versions)
    return core + tuple(
        (group.name, version.version)
        for group in _read(body, _Groups).groups
        for version in sorted(group.versions, key=lambda version: version.version != group.preferred.version)
    )


def read_resources(body: bytes, group: str, version: str) -> Found:
    """Read the classic document of one group version."""
    return Found(
        tuple(
            ApiResource(
                group,
                version,
                resource.kind,
                resource.name,
                namespaced=resource.namespaced,
                verbs=frozenset(resource.verbs or ()),
                preferred=False,
            )
            for resource in _read(body, _Resources).resources or ()
            if "/" not in resource.name
        )
    )


def mark_preferred(resources: tuple[ApiResource, ...]) -> tuple[ApiResource, ...]:
    """Mark the first version of each kind; later plurals of the same kind and version are not marked."""
    seen: set[GroupKind] = set()
    marked: list[ApiResource] = []
    for resource in resources:
        marked.append(replace(resource, preferred=resource.group_kind not in seen))
        seen.add(resource.group_kind)
    return tuple(marked)


def read_server_version(body: bytes) -> str:
    """Read `/version`: `v1.37.2`."""
    return _read(body, _Version).git_version


def group_version(group: str, version: str) -> str:
    """Return `apps/v1`, or `v1` for the core group."""
    return f"{group}/{version}" if group else version


def _read(body: bytes, shape: type[_Shape]) -> _Shape:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreachable(f"the API server's discovery document cannot be read: {error}") from error
