"""A `port.Cluster` in memory, for tests of whole processes: read, list and watch with versions, a record of writes, and
failures on command.

It refuses apply, dry runs and patches other than merge: what an API server makes of those is tested on a real one. The
contract tests have the table of what it promises.
"""

# ruff: noqa: ARG002 - the arguments are the port's; what is not promised is not read

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson

from argosy.engine.model.resource import Manifest, labels_of
from argosy.gateways.kubernetes.errors import AlreadyExists, ClusterError, Conflict, Forbidden, Gone, Invalid, NotFound
from argosy.gateways.kubernetes.port import (
    ApiResource,
    Bookmark,
    Changed,
    Deleted,
    Discovery,
    Page,
    PatchType,
    Precondition,
    Propagation,
    Shape,
    WatchEvent,
)

DELETED_AT = "2026-01-01T00:00:00Z"
"""The `deletionTimestamp` of everything that waits for its finalizers."""

_ANY = Precondition()
_Place = tuple[str, str, str, str]


class Unpromised(ClusterError):
    """The memory cluster does not do this; a test that needs it belongs on the real control plane."""


@dataclass(frozen=True, slots=True)
class Write:
    """A write that was asked for and went through, in order; `body` is what the caller sent."""

    verb: str
    resource: ApiResource
    namespace: str
    name: str
    body: Any = None


@dataclass(frozen=True, slots=True)
class _Event:
    version: int
    resource: tuple[str, str]
    event: Changed | Deleted


class MemoryCluster:
    """One cluster with the kinds that it is given; versions are decimal and grow by one with each change."""

    def __init__(self, resources: Sequence[ApiResource], *, server: str = "https://memory") -> None:
        self.server = server
        self.writes: list[Write] = []
        self._resources = tuple(resources)
        self._failed: tuple[str, ...] = ()
        self._objects: dict[_Place, Manifest] = {}
        self._version = 100
        self._oldest = 0
        self._log: list[_Event] = []
        self._scripted: dict[str, list[ClusterError]] = {}
        self._forbidden: set[tuple[str, str]] = set()
        self._uids = 0
        self._connection = 0
        self._news = asyncio.Event()

    # What a test does to it.

    def fail_next(self, verb: str, error: ClusterError, *, times: int = 1) -> None:
        """Let the next requests of a verb (`discover`, `get`, `list`, `watch`, `create`, ...) fail."""
        self._scripted.setdefault(verb, []).extend([error] * times)

    def forbid(self, verb: str, resource: ApiResource) -> None:
        """Let every request of this verb for this kind be forbidden, from now on."""
        self._forbidden.add((verb, resource.plural))

    def permit(self, verb: str, resource: ApiResource) -> None:
        """Undo `forbid`."""
        self._forbidden.discard((verb, resource.plural))

    def drop_watches(self) -> None:
        """End every watch, as a server does when its time is up."""
        self._connection += 1
        self._wake()

    def compact(self) -> None:
        """Forget the history: a watch from an earlier version gets `Gone`."""
        self._oldest = self._version
        self._log.clear()

    def serve(self, resources: Sequence[ApiResource], *, failed: Sequence[str] = ()) -> None:
        """Change which kinds discovery finds, and which group versions it cannot read."""
        self._resources, self._failed = tuple(resources), tuple(failed)

    # What `port.Cluster` promises.

    async def discover(self) -> Discovery:
        """See `port.Cluster.discover`."""
        self._fail("discover")
        return Discovery(self._resources, "v1.37.0", self._failed)

    async def get(self, resource: ApiResource, name: str, *, namespace: str = "") -> Manifest:
        """See `port.Cluster.get`."""
        self._fail("get")
        return self._find(_place(resource, namespace, name))

    async def list_page(
        self,
        resource: ApiResource,
        *,
        namespace: str = "",
        label_selector: str = "",
        shape: Shape = "whole",
        limit: int = 500,
        after: str = "",
    ) -> Page:
        """See `port.Cluster.list_page`; a token that a compaction overtook raises `Gone`."""
        self._fail("list", resource)
        version, _, start = after.partition(":")
        if version and int(version) < self._oldest:
            raise Gone(f"list {resource.plural} on {self.server}: the continue token is too old")
        found = [
            manifest
            for place, manifest in sorted(self._objects.items())
            if place[:2] == (resource.group, resource.kind)
            and namespace in ("", place[2])
            and _selects(label_selector, manifest)
        ]
        first = int(start or 0)
        items = tuple(_shaped(manifest, shape) for manifest in found[first : first + limit])
        at = version or str(self._version)
        return Page(items, at, f"{at}:{first + limit}" if first + limit < len(found) else "")

    async def watch(
        self,
        resource: ApiResource,
        *,
        resource_version: str,
        namespace: str = "",
        label_selector: str = "",
        shape: Shape = "whole",
    ) -> AsyncGenerator[WatchEvent]:
        """See `port.Cluster.watch`; ends with `drop_watches`."""
        self._fail("watch", resource)
        connection, seen = self._connection, int(resource_version)
        if seen < self._oldest:
            raise Gone(f"watch {resource.plural} on {self.server}: too old resource version: {seen}")
        yield Bookmark(resource_version)
        while connection == self._connection:
            news = self._news
            for entry in [entry for entry in self._log if entry.version > seen]:
                seen = entry.version
                if entry.resource != (resource.group, resource.kind):
                    continue
                event = _filtered(entry.event, namespace=namespace, label_selector=label_selector, shape=shape)
                if event is not None:
                    yield event
            await news.wait()

    async def may(self, verb: str, resource: ApiResource, *, namespace: str = "") -> bool:
        """See `port.Cluster.may`; what `forbid` named may not be done."""
        self._fail("review")
        return (verb, resource.plural) not in self._forbidden

    async def apply(self, resource: ApiResource, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """Refuse: raises `Unpromised`."""
        raise Unpromised(f"apply of {resource.plural} is tested on the real control plane")

    async def create(self, resource: ApiResource, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """See `port.Cluster.create`; `generateName` is not known."""
        self._begin("create", dry_run=dry_run)
        place = _place_of(resource, manifest)
        if place in self._objects:
            raise AlreadyExists(f"create {resource.plural} on {self.server}: {place[3]} already exists")
        self._uids += 1
        created = _with(manifest, apiVersion=resource.api_version, kind=resource.kind)
        stored = self._store(resource, _with_metadata(created, uid=f"uid-{self._uids}"))
        self.writes.append(Write("create", resource, place[2], place[3], manifest))
        return stored

    async def replace(self, resource: ApiResource, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """See `port.Cluster.replace`."""
        self._begin("update", dry_run=dry_run)
        place = _place_of(resource, manifest)
        stored = self._update(resource, place, manifest)
        self.writes.append(Write("update", resource, place[2], place[3], manifest))
        return stored

    async def patch(
        self,
        resource: ApiResource,
        name: str,
        body: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        *,
        namespace: str = "",
        patch_type: PatchType = "merge",
        dry_run: bool = False,
        shape: Shape = "whole",
        subresource: str = "",
    ) -> Manifest:
        """See `port.Cluster.patch`; raises `Unpromised` for another type than merge, and for a subresource."""
        self._begin("patch", dry_run=dry_run)
        if patch_type != "merge" or not isinstance(body, Mapping) or subresource:
            raise Unpromised(f"{patch_type} patch of {resource.plural} is tested on the real control plane")
        place = _place(resource, namespace, name)
        stored = self._update(resource, place, _merge(self._find(place), body))
        self.writes.append(Write("patch", resource, place[2], place[3], body))
        return stored if shape == "whole" else {"metadata": stored["metadata"]}

    async def delete(
        self,
        resource: ApiResource,
        name: str,
        *,
        namespace: str = "",
        propagation: Propagation = "Foreground",
        precondition: Precondition = _ANY,
    ) -> None:
        """See `port.Cluster.delete`; finalizers are waited for, owned objects are left alone."""
        self._begin("delete", dry_run=False)
        place = _place(resource, namespace, name)
        manifest = self._find(place)
        metadata = manifest["metadata"]
        wanted = {"uid": precondition.uid, "resourceVersion": precondition.resource_version}
        for field, value in wanted.items():
            if value and metadata[field] != value:
                raise Conflict(f"delete {resource.plural} {name} on {self.server}: the {field} is not {value}")
        self.writes.append(Write("delete", resource, place[2], place[3]))
        if not metadata.get("finalizers"):
            self._remove(resource, place)
        elif not metadata.get("deletionTimestamp"):
            self._store(resource, _with_metadata(manifest, deletionTimestamp=DELETED_AT))

    async def raw_get(self, path: str, *, query: Mapping[str, str] | None = None) -> bytes:
        """Refuse: raises `Unpromised`."""
        raise Unpromised(f"GET {path} is tested on the real control plane")

    async def close(self) -> None:
        """See `port.Cluster.close`."""
        self.drop_watches()

    def _begin(self, verb: str, *, dry_run: bool) -> None:
        self._fail(verb)
        if dry_run:
            raise Unpromised("a dry run is tested on the real control plane")

    def _fail(self, verb: str, resource: ApiResource | None = None) -> None:
        if self._scripted.get(verb):
            raise self._scripted[verb].pop(0)
        if resource is not None and (verb, resource.plural) in self._forbidden:
            raise Forbidden(f"{verb} {resource.plural} on {self.server}: not permitted")

    def _find(self, place: _Place) -> Manifest:
        with suppress(KeyError):
            return self._objects[place]
        raise NotFound(f"{place[1]} {place[2]}/{place[3]} on {self.server} not found")

    def _update(self, resource: ApiResource, place: _Place, manifest: Manifest) -> Manifest:
        """Store a new state under the old identity; an object that waited for its last finalizer goes."""
        old = self._find(place)["metadata"]
        new = manifest["metadata"]
        if new.get("resourceVersion", old["resourceVersion"]) != old["resourceVersion"]:
            raise Conflict(f"update {resource.plural} {place[3]} on {self.server}: the object has been modified")
        kept = {field: old[field] for field in ("uid", "deletionTimestamp") if field in old}
        stored = _with_metadata(manifest, **kept)
        if "deletionTimestamp" in old and not new.get("finalizers"):
            self._objects[place] = stored
            self._remove(resource, place)
            return stored
        return self._store(resource, stored)

    def _store(self, resource: ApiResource, manifest: Manifest) -> Manifest:
        self._version += 1
        stored = _with_metadata(manifest, resourceVersion=str(self._version))
        self._objects[_place_of(resource, stored)] = stored
        self._tell(resource, Changed(orjson.dumps(stored)))
        return stored

    def _remove(self, resource: ApiResource, place: _Place) -> None:
        self._version += 1
        last = _with_metadata(self._objects.pop(place), resourceVersion=str(self._version))
        self._tell(resource, Deleted(orjson.dumps(last)))

    def _tell(self, resource: ApiResource, event: Changed | Deleted) -> None:
        self._log.append(_Event(self._version, (resource.group, resource.kind), event))
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


def _place(resource: ApiResource, namespace: str, name: str) -> _Place:
    return (resource.group, resource.kind, namespace if resource.namespaced else "", name)


def _place_of(resource: ApiResource, manifest: Manifest) -> _Place:
    metadata = manifest.get("metadata") or {}
    if not metadata.get("name"):
        raise Invalid(f"{resource.plural}: metadata.name is missing")
    return _place(resource, str(metadata.get("namespace") or ""), str(metadata["name"]))


def _with(manifest: Manifest, **fields: Any) -> Manifest:
    return {**fields, **manifest, **fields}


def _with_metadata(manifest: Manifest, **fields: Any) -> Manifest:
    return {**manifest, "metadata": {**manifest["metadata"], **fields}}


def _merge(target: Any, patch: Any) -> Any:
    """RFC 7396."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merge(merged.get(key), value)
    return merged


def _filtered(event: Changed | Deleted, *, namespace: str, label_selector: str, shape: Shape) -> WatchEvent | None:
    manifest = orjson.loads(event.manifest)
    if namespace not in ("", manifest["metadata"].get("namespace", "")):
        return None
    # As the API server does it: what no longer matches is deleted as far as this watch is concerned.
    kind = type(event) if _selects(label_selector, manifest) else Deleted
    return kind(_shaped(manifest, shape))


def _shaped(manifest: Manifest, shape: Shape) -> bytes:
    if shape == "metadata":
        return orjson.dumps({field: manifest[field] for field in ("apiVersion", "kind", "metadata")})
    return orjson.dumps(manifest)


def _selects(selector: str, manifest: Manifest) -> bool:
    """Whether equality terms (`a=b,c`) hold; `Unpromised` for others."""
    labels = labels_of(manifest)
    for term in filter(None, selector.split(",")):
        if any(sign in term for sign in "!() "):
            raise Unpromised(f"label selector {selector!r} is tested on the real control plane")
        key, equals, value = term.replace("==", "=").partition("=")
        if key not in labels or (equals and labels[key] != value):
            return False
    return True
