"""A `port.Live` that holds what it is told to hold; for tests of the API server."""

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

from argosy.engine.model.resource import ResourceKey
from argosy.engine.tree import Versions
from argosy.gateways.live.errors import NotHeld, Unavailable
from argosy.wire.controller import ApplicationTree, ClusterInfos, Delta, Explanation, LiveManifest, ManagedResources
from argosy.wire.repo_server import encode

_Place = tuple[str, str]

Key = TypeVar("Key")
Value = TypeVar("Value")


class MemoryLive:
    """Answers from what it holds, by namespace and name; nothing at all while `down`."""

    def __init__(self) -> None:
        self.trees: dict[_Place, ApplicationTree] = {}
        self.managed: dict[_Place, ManagedResources] = {}
        self.explanations: dict[_Place, Explanation] = {}
        self.resources: dict[tuple[_Place, ResourceKey], LiveManifest] = {}
        self.infos = ClusterInfos()
        self.down = False
        self._sequence = 0
        self._versions: dict[_Place, Versions] = {}
        self._streams: set[asyncio.Queue[Delta | None]] = set()

    def change(self, namespace: str, name: str, tree: ApplicationTree) -> None:
        """Hold another tree from now on, and tell all streams so."""
        self.trees[namespace, name] = tree
        self._sequence += 1
        for stream in self._streams:
            stream.put_nowait(Delta(self._sequence, namespace, name))

    def disconnect(self) -> None:
        """End all streams, as a controller that stops."""
        for stream in self._streams:
            stream.put_nowait(None)

    async def tree(self, namespace: str, name: str) -> bytes:
        """See `port.Live.tree`."""
        return encode(self._held(self.trees, (namespace, name)))

    async def tree_changes(self, namespace: str, name: str, since: str) -> bytes:
        """See `port.Live.tree_changes`."""
        versions = self._versions.setdefault((namespace, name), Versions("memory"))
        versions.take(self._held(self.trees, (namespace, name)))
        return encode(versions.since(since))

    async def managed_resources(self, namespace: str, name: str) -> bytes:
        """See `port.Live.managed_resources`."""
        return encode(self._held(self.managed, (namespace, name)))

    async def explanation(self, namespace: str, name: str) -> bytes:
        """See `port.Live.explanation`."""
        return encode(self._held(self.explanations, (namespace, name)))

    async def resource(self, namespace: str, name: str, key: ResourceKey) -> bytes:
        """See `port.Live.resource`."""
        return encode(self._held(self.resources, ((namespace, name), key)))

    async def clusters(self) -> ClusterInfos:
        """See `port.Live.clusters`."""
        self._reach()
        return self.infos

    async def deltas(self) -> AsyncGenerator[Delta]:
        """See `port.Live.deltas`."""
        self._reach()
        stream: asyncio.Queue[Delta | None] = asyncio.Queue()
        self._streams.add(stream)
        try:
            yield Delta(self._sequence)
            while (delta := await stream.get()) is not None:
                yield delta
        finally:
            self._streams.discard(stream)

    async def close(self) -> None:
        """See `port.Live.close`."""

    def _held(self, held: dict[Key, Value], key: Key) -> Value:
        self._reach()
        if key not in held:
            raise NotHeld(f"the application controller does not hold {key}")
        return held[key]

    def _reach(self) -> None:
        if self.down:
            raise Unavailable("the application controller does not answer")
