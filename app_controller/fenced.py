"""A cluster whose every write first checks that this process still holds the lease; reads pass through.

Made by `wiring` around each real cluster, so that no stage can forget it. What is already on the wire when the lease
is lost can still arrive: one request, which carries preconditions where it destroys anything.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any

from argosy.engine.model.resource import Manifest
from argosy.gateways.kubernetes.port import (
    ApiResource,
    Cluster,
    Discovery,
    Page,
    PatchType,
    Precondition,
    Propagation,
    Shape,
    WatchEvent,
)


class Fenced:
    """`port.Cluster` behind a check that raises `LeaseLost`."""

    def __init__(self, cluster: Cluster, check: Callable[[], None]) -> None:
        self._cluster = cluster
        self._check = check

    @property
    def server(self) -> str:
        """See `port.Cluster`."""
        return self._cluster.server

    async def discover(self) -> Discovery:
        """See `port.Cluster`."""
        return await self._cluster.discover()

    async def get(self, resource: ApiResource, name: str, *, namespace: str = "") -> Manifest:
        """See `port.Cluster`."""
        return await self._cluster.get(resource, name, namespace=namespace)

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
        """See `port.Cluster`."""
        return await self._cluster.list_page(
            resource, namespace=namespace, label_selector=label_selector, shape=shape, limit=limit, after=after
        )

    def watch(
        self,
        resource: ApiResource,
        *,
        resource_version: str,
        namespace: str = "",
        label_selector: str = "",
        shape: Shape = "whole",
    ) -> AsyncGenerator[WatchEvent]:
        """See `port.Cluster`."""
        return self._cluster.watch(
            resource,
            resource_version=resource_version,
            namespace=namespace,
            label_selector=label_selector,
            shape=shape,
        )

    async def may(self, verb: str, resource: ApiResource, *, namespace: str = "") -> bool:
        """See `port.Cluster`."""
        return await self._cluster.may(verb, resource, namespace=namespace)

    async def apply(self, resource: ApiResource, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """See `port.Cluster`."""
        self._check_unless(dry_run)
        return await self._cluster.apply(resource, manifest, dry_run=dry_run)

    async def create(self, resource: ApiResource, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """See `port.Cluster`."""
        self._check_unless(dry_run)
        return await self._cluster.create(resource, manifest, dry_run=dry_run)

    async def replace(self, resource: ApiResource, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """See `port.Cluster`."""
        self._check_unless(dry_run)
        return await self._cluster.replace(resource, manifest, dry_run=dry_run)

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
        """See `port.Cluster`."""
        self._check_unless(dry_run)
        return await self._cluster.patch(
            resource,
            name,
            body,
            namespace=namespace,
            patch_type=patch_type,
            dry_run=dry_run,
            shape=shape,
            subresource=subresource,
        )

    async def delete(
        self,
        resource: ApiResource,
        name: str,
        *,
        namespace: str = "",
        propagation: Propagation = "Foreground",
        precondition: Precondition = Precondition(),  # noqa: B008  frozen
    ) -> None:
        """See `port.Cluster`."""
        self._check()
        await self._cluster.delete(
            resource, name, namespace=namespace, propagation=propagation, precondition=precondition
        )

    async def raw_get(self, path: str, *, query: Mapping[str, str] | None = None) -> bytes:
        """See `port.Cluster`."""
        return await self._cluster.raw_get(path, query=query)

    async def close(self) -> None:
        """See `port.Cluster`."""
        await self._cluster.close()

    def _check_unless(self, dry_run: bool) -> None:
        if not dry_run:
            self._check()
