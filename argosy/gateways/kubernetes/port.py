"""What Argosy asks of a Kubernetes API server, in raw JSON.

Everyone imports this; only `wiring` modules import `client` (the real one) or `memory` (read, list and watch with
versions, scripted failures, a record of writes). Errors are those of `errors`.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from argosy.engine.model.resource import GroupKind, Manifest

PatchType = Literal["merge", "json", "strategic"]
Propagation = Literal["Foreground", "Background", "Orphan"]
Shape = Literal["whole", "metadata"]
"""How much of an object is sent: all of it, or `apiVersion`, `kind` and `metadata` alone."""


@dataclass(frozen=True, slots=True)
class ApiResource:
    """A kind as the API server serves it in one version; `preferred` marks the version to list and watch."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool
    verbs: frozenset[str]
    preferred: bool = True

    @property
    def group_kind(self) -> GroupKind:
        """The kind without its version."""
        return GroupKind(self.group, self.kind)

    @property
    def api_version(self) -> str:
        """The `apiVersion` of its objects."""
        return f"{self.group}/{self.version}" if self.group else self.version


@dataclass(frozen=True, slots=True)
class Discovery:
    """What an API server serves; `failed` names group/versions that could not be read (a broken aggregated API)."""

    resources: tuple[ApiResource, ...]
    server_version: str
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list: its objects as JSON bytes, and where to go on (`next` is empty at the end)."""

    items: tuple[bytes, ...]
    resource_version: str
    next: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """A watch event: the object was added or modified."""

    manifest: bytes


@dataclass(frozen=True, slots=True)
class Deleted:
    """A watch event: the object is gone; `manifest` is its last state."""

    manifest: bytes


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A watch event: everything up to this resource version was delivered."""

    resource_version: str


WatchEvent = Changed | Deleted | Bookmark


@dataclass(frozen=True, slots=True)
class Precondition:
    """A delete or patch goes through only if the object still is this one; empty fields are not checked."""

    uid: str = ""
    resource_version: str = ""


class Cluster(Protocol):
    """One API server with one identity. All methods raise the errors of `argosy.gateways.kubernetes.errors`."""

    @property
    def server(self) -> str:
        """The address of the API server, as the destination names it."""
        ...

    async def discover(self) -> Discovery:
        """Ask which kinds are served (aggregated discovery where the server has it)."""
        ...

    async def get(self, resource: ApiResource, name: str, *, namespace: str = "") -> Manifest:
        """Read one object. Raises `NotFound`."""
        ...

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
        """Read one page of a list, ordered by namespace and name; each item carries `apiVersion` and `kind`.

        Raises `Gone` if `after` is too old.
        """
        ...

    def watch(
        self,
        resource: ApiResource,
        *,
        resource_version: str,
        namespace: str = "",
        label_selector: str = "",
        shape: Shape = "whole",
    ) -> AsyncGenerator[WatchEvent]:
        """Yield what changes after `resource_version` until the server ends the watch, in less than a minute.

        The first event is a `Bookmark` of that version: the server took the watch up. Raises `Gone` if the version is
        too old, and `Unreachable` if nothing came for so long that the server must have gone: the caller goes on from
        the last version that it saw.
        """
        ...

    async def may(self, verb: str, resource: ApiResource, *, namespace: str = "") -> bool:
        """Ask whether we may do this (a `SelfSubjectAccessReview`); an empty namespace means in all of them."""
        ...

    async def apply(self, resource: ApiResource, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """Server-side apply, forced, as field manager `argocd-controller`; returns the object as it is now."""
        ...

    async def create(self, resource: ApiResource, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """Create an object. Raises `AlreadyExists`."""
        ...

    async def replace(self, resource: ApiResource, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """Replace an object; a `resourceVersion` in it is a precondition. Raises `Conflict`, `NotFound`."""
        ...

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
        """Patch an object, and return it or, in shape `metadata`, its metadata alone.

        A JSON patch whose test fails raises `Invalid`, a stale `resourceVersion` `Conflict`. A kind without the
        `subresource` (`status`) raises `NotFound`, as an object does that is not there.
        """
        ...

    async def delete(
        self,
        resource: ApiResource,
        name: str,
        *,
        namespace: str = "",
        propagation: Propagation = "Foreground",
        precondition: Precondition = Precondition(),
    ) -> None:
        """Ask for an object's deletion. Raises `NotFound`, and `Conflict` if the precondition does not hold."""
        ...

    async def raw_get(self, path: str, *, query: Mapping[str, str] | None = None) -> bytes:
        """Read a path of the API server as it is: an OpenAPI document, `/readyz`, logs."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


class Clusters(Protocol):
    """Opens clusters from their connection settings; the caller closes them."""

    def open(self, server: str, config: Mapping[str, Any]) -> Cluster:
        """Open the cluster at `server` with Argo CD's cluster `config` JSON (section "cluster config" of the settings).

        Raises `InvalidConnection` with the field that is wrong; does not connect yet.
        """
        ...
