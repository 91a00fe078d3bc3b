"""What the API server asks of the application controller."""

from collections.abc import AsyncIterator
from typing import Protocol

from argosy.engine.model.resource import ResourceKey
from argosy.wire.controller import ClusterInfos, Delta


class Live(Protocol):
    """Reads what the controller holds; bodies are JSON bytes in the shapes of `argosy.wire.controller`.

    All methods raise `NotHeld` if the controller does not hold it, `Unavailable` if it cannot be reached.
    """

    async def tree(self, namespace: str, name: str) -> bytes:
        """Return the `ApplicationTree` of an application."""
        ...

    async def tree_changes(self, namespace: str, name: str, since: str) -> bytes:
        """Return the `TreeChanges` of an application since a version; the whole tree since the empty one."""
        ...

    async def managed_resources(self, namespace: str, name: str) -> bytes:
        """Return the `ManagedResources` of an application."""
        ...

    async def explanation(self, namespace: str, name: str) -> bytes:
        """Return the `Explanation` of an application."""
        ...

    async def resource(self, namespace: str, name: str, key: ResourceKey) -> bytes:
        """Return the masked `LiveManifest` of an object in the application's tree."""
        ...

    async def clusters(self) -> ClusterInfos:
        """Return what is known of the destination clusters."""
        ...

    def deltas(self) -> AsyncIterator[Delta]:
        """Yield a delta per change until the connection ends; reconnecting is the caller's."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
