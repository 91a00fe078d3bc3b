"""List one kind and watch it, for ever, into a sink that ends up equal to the server, whatever happens on the way.

Level-triggered: missed, repeated or reordered events, a 410, a dropped or silent watch, an API server that went away
all lead to the same state. Built on the port only; used by `app_controller.observe`, by the controller for its own
resources and by the API server for its index.
"""

import asyncio
import random
from collections.abc import Awaitable, Sequence
from contextlib import aclosing, nullcontext
from dataclasses import dataclass
from typing import Protocol

import msgspec
from msgspec import Struct, field

from argosy.gateways.kubernetes.errors import ClusterError, Gone, TooManyRequests
from argosy.gateways.kubernetes.port import ApiResource, Bookmark, Changed, Cluster, Deleted, WatchEvent

_LASTED_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a reflector tries again and how often it lists afresh, in seconds; each is spread by a fifth."""

    first: float = 0.5
    most: float = 30.0
    relist: float = 600.0
    """So often a list finds what a lost event left wrong."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is listed and watched of the kind; an empty field selects everything."""

    namespace: str = ""
    label_selector: str = ""


EVERYTHING = Selection()
USUAL = Pace()


class Sink(Protocol):
    """Where the objects go. Called from the event loop; must neither block nor raise."""

    def replace(self, manifests: Sequence[bytes], resource_version: str) -> Awaitable[None] | None:
        """Take the complete list as it was at this version: what is not in it was deleted before.

        A sink that needs long may return something to wait for; nothing else is told to it meanwhile.
        """
        ...

    def change(self, manifest: bytes) -> None:
        """Take an object that was added or modified."""
        ...

    def delete(self, manifest: bytes) -> None:
        """Forget an object; the manifest is its last state."""
        ...

    def fresh(self) -> None:
        """Know that the watch is up: from here on the sink holds what the server has."""
        ...

    def stale(self, error: ClusterError) -> None:
        """Know that what the sink holds may be out of date, and why; `fresh` follows when it is over."""
        ...


class BrokenWatch(ClusterError):
    """What a watch sent cannot be right (it went back in time), so only a new list can be trusted."""


class _Versions(Struct, rename="camel"):
    resource_version: str = ""


class _Versioned(Struct):
    metadata: _Versions = field(default_factory=_Versions)


_decode = msgspec.json.Decoder(_Versioned).decode


class Reflector:
    """Keeps one sink equal to what an API server has of one kind; `listing` bounds how many list at a time."""

    def __init__(
        self,
        cluster: Cluster,
        resource: ApiResource,
        sink: Sink,
        *,
        selection: Selection = EVERYTHING,
        pace: Pace = USUAL,
        listing: asyncio.Semaphore | None = None,
    ) -> None:
        self._cluster = cluster
        self._resource = resource
        self._sink = sink
        self._selection = selection
        self._pace = pace
        self._listing = listing
        self._version = ""  # the last version that the sink has seen; empty: list first
        self._relist_at = 0.0
        self._failures = 0

    async def run(self) -> None:
        """List and watch until cancelled; what goes wrong is told to the sink and tried again."""
        while True:
            try:
                if not self._version:
                    await self._list()
                await self._follow()
            except ClusterError as error:
                if isinstance(error, Gone | BrokenWatch):
                    self._version = ""
                self._sink.stale(error)
                await self._pause(error.after if isinstance(error, TooManyRequests) else 0.0)

    async def _list(self) -> None:
        """Hand the whole list to the sink, and only then: half a list is not the state of a cluster."""
        manifests: list[bytes] = []
        after = ""
        async with self._listing or nullcontext():
            while True:
                page = await self._cluster.list_page(
                    self._resource,
                    namespace=self._selection.namespace,
                    label_selector=self._selection.label_selector,
                    after=after,
                )
                manifests += page.items
                after = page.next
                if not after:
                    break
        taken = self._sink.replace(manifests, page.resource_version)
        if taken is not None:
            await taken
        self._version = page.resource_version
        self._relist_at = asyncio.get_running_loop().time() + _spread(self._pace.relist)

    async def _follow(self) -> None:
        """Watch from the last version until the watch ends or it is time to list afresh."""
        now = asyncio.get_running_loop().time
        begun = now()
        came = False
        try:
            async with asyncio.timeout_at(self._relist_at), aclosing(self._watch()) as events:
                async for event in events:
                    self._take(event)
                    if not isinstance(event, Bookmark):
                        came = True
                        self._failures = 0
        except TimeoutError:
            self._version = ""
            return
        finally:
            if now() - begun > _LASTED_SECONDS:
                self._failures = 0
        if not came and now() - begun < _LASTED_SECONDS:
            await self._pause(0.0)

    def _watch(self):  # noqa: ANN202 - the port's type
        return self._cluster.watch(
            self._resource,
            resource_version=self._version,
            namespace=self._selection.namespace,
            label_selector=self._selection.label_selector,
        )

    def _take(self, event: WatchEvent) -> None:
        match event:
            case Bookmark(resource_version=version):
                self._advance(version)
                self._sink.fresh()
            case Changed(manifest=manifest):
                self._advance(_version_of(manifest))
                self._sink.change(manifest)
            case Deleted(manifest=manifest):
                self._advance(_version_of(manifest))
                self._sink.delete(manifest)

    def _advance(self, version: str) -> None:
        if is_older(version, self._version):
            raise BrokenWatch(
                f"watch {self._resource.plural} on {self._cluster.server}: version {version} after {self._version}"
            )
        self._version = version

    async def _pause(self, at_least: float) -> None:
        wait = min(self._pace.most, self._pace.first * 2**self._failures)
        self._failures = min(self._failures + 1, 16)
        await asyncio.sleep(max(at_least, _spread(wait)))


def _version_of(manifest: bytes) -> str:
    try:
        return _decode(manifest).metadata.resource_version
    except msgspec.DecodeError as error:
        raise BrokenWatch(f"a watch sent what is not an object: {error}") from error


def is_older(version: str, than: str) -> bool:
    """Return whether a resource version is certainly older than another; opaque ones (not numbers) never are."""
    return version.isdecimal() and than.isdecimal() and int(version) < int(than)


def _spread(seconds: float) -> float:
    return seconds * random.uniform(0.8, 1.2)  # noqa: S311
