"""List one kind and watch it, for ever, into a sink that ends up equal to the server, whatever happens on the way.

Level-triggered: missed, repeated or reordered events, a 410, a dropped or silent watch, an API server that went away
or that is behind another one all lead to the same state. Built on the port only; used by `app_controller.observe`, by
the controller for its own resources and by the API server for its index.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing, nullcontext
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import msgspec
from msgspec import Struct, field

from argosy.gateways.kubernetes.errors import ClusterError, Gone, TooManyRequests
from argosy.gateways.kubernetes.port import ApiResource, Bookmark, Changed, Cluster, Deleted, Page, Shape, WatchEvent

_LASTED_SECONDS = 5.0
_LONG_PAGE = 50
# A server that is behind another one catches up; one that was restored from a backup stays where it is.
_BEHIND_SECONDS = 300.0

_Item = TypeVar("_Item")
_Taken_contra = TypeVar("_Taken_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a reflector tries again and how often it lists afresh, in seconds; each is spread by a fifth."""

    first: float = 0.5
    most: float = 30.0
    relist: float = 600.0
    """So often a list finds what a lost event left wrong."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is listed and watched of the kind, and how much of each object; an empty field selects everything."""

    namespace: str = ""
    label_selector: str = ""
    shape: Shape = "whole"


EVERYTHING = Selection()
USUAL = Pace()


class Sink(Protocol[_Taken_contra]):
    """Where the objects go. Called from the event loop; must neither block nor raise."""

    def replace(self, items: Sequence[_Taken_contra], resource_version: str, /) -> Awaitable[None] | None:
        """Take the complete list as it was at this version: what is not in it was deleted before.

        A sink that needs long may return something to wait for; nothing else is told to it meanwhile.
        """
        ...

    def change(self, item: _Taken_contra, /) -> None:
        """Take an object that was added or modified."""
        ...

    def delete(self, item: _Taken_contra, /) -> None:
        """Forget an object; this is its last state."""
        ...

    def fresh(self) -> None:
        """Know that the watch is up: from here on the sink holds what the server has."""
        ...

    def stale(self, error: ClusterError, /) -> None:
        """Know that what the sink holds may be out of date, and why; `fresh` follows when it is over."""
        ...


class BrokenWatch(ClusterError):
    """What a watch sent cannot be right (it went back in time), so only a new list can be trusted."""


class OldList(ClusterError):
    """A list is older than what was already seen: the server that answered is behind."""


class _Versions(Struct, rename="camel"):
    resource_version: str = ""


class _Versioned(Struct):
    metadata: _Versions = field(default_factory=_Versions)


_decode = msgspec.json.Decoder(_Versioned).decode


def as_it_is(manifest: bytes) -> tuple[str, bytes]:
    """Return the resource version of an object and its bytes: for sinks that take bytes. Raises `BrokenWatch`."""
    try:
        return _decode(manifest).metadata.resource_version, manifest
    except msgspec.DecodeError as error:
        raise BrokenWatch(f"a watch sent what is not an object: {error}") from error


class Reflector(Generic[_Item]):
    """Keeps one sink equal to what an API server has of one kind.

    `read` makes of an object's bytes its resource version and what the sink takes; it is called for the objects of a
    list outside of the event loop, before the list is complete. `listing` bounds how many list at a time. Errors that
    are `final` end `run`; all others are tried again.
    """

    def __init__(
        self,
        cluster: Cluster,
        resource: ApiResource,
        sink: Sink[_Item],
        *,
        read: Callable[[bytes], tuple[str, _Item]] = as_it_is,
        selection: Selection = EVERYTHING,
        pace: Pace = USUAL,
        listing: asyncio.Semaphore | None = None,
        final: tuple[type[ClusterError], ...] = (),
    ) -> None:
        self._cluster = cluster
        self._resource = resource
        self._sink = sink
        self._read = read
        self._selection = selection
        self._pace = pace
        self._listing = listing
        self._final = final
        self._version = ""  # the last version that the sink has seen; empty: list first
        self._newest = ""  # the last version of all; a list must not be older
        self._behind_since: float | None = None
        self._following: asyncio.Timeout | None = None
        self._relist_at = 0.0
        self._failures = 0

    async def run(self) -> None:
        """List and watch until cancelled; what goes wrong is told to the sink and tried again, unless it is final."""
        while True:
            try:
                if not self._version:
                    await self._list()
                await self._follow()
            except ClusterError as error:
                if isinstance(error, Gone | BrokenWatch):
                    self._version = ""
                self._sink.stale(error)
                if isinstance(error, self._final):
                    raise
                await self._pause(error.after if isinstance(error, TooManyRequests) else 0.0)

    def list_again(self) -> None:
        """List afresh as soon as may be, because somebody found that the sink is not what the server has."""
        self._relist_at = 0.0
        if self._following is not None:
            self._following.reschedule(0.0)

    async def _list(self) -> None:
        """Hand the whole list to the sink, and only then: half a list is not the state of a cluster."""
        items: list[_Item] = []
        after = ""
        async with self._listing or nullcontext():
            while True:
                page = await self._page(after)
                items += await self._items(page)
                after = page.next
                if not after:
                    break
        self._judge(page.resource_version)
        taken = self._sink.replace(items, page.resource_version)
        if taken is not None:
            await taken
        self._version = self._newest = page.resource_version
        self._relist_at = _now() + _spread(self._pace.relist)

    async def _page(self, after: str) -> Page:
        selection = self._selection
        return await self._cluster.list_page(
            self._resource,
            namespace=selection.namespace,
            label_selector=selection.label_selector,
            shape=selection.shape,
            after=after,
        )

    async def _items(self, page: Page) -> list[_Item]:
        if len(page.items) > _LONG_PAGE and self._read is not as_it_is:
            return await asyncio.to_thread(self._items_of, page)
        return self._items_of(page)

    def _items_of(self, page: Page) -> list[_Item]:
        return [self._read(manifest)[1] for manifest in page.items]

    def _judge(self, version: str) -> None:
        """Refuse a list that is older than what was seen, unless lists have been so for long."""
        if not is_older(version, self._newest):
            self._behind_since = None
            return
        if self._behind_since is None:
            self._behind_since = _now()
        if _now() - self._behind_since < _BEHIND_SECONDS:
            raise OldList(f"list {self._about}: version {version}, but {self._newest} was seen; the server is behind")
        self._behind_since = None

    async def _follow(self) -> None:
        """Watch from the last version until the watch ends or it is time to list afresh."""
        begun = _now()
        came = False
        try:
            async with asyncio.timeout_at(self._relist_at) as self._following, aclosing(self._watch()) as events:
                async for event in events:
                    self._take(event)
                    if not isinstance(event, Bookmark):
                        came = True
                        self._failures = 0
        except TimeoutError:
            self._version = ""
            return
        finally:
            self._following = None
            if _now() - begun > _LASTED_SECONDS:
                self._failures = 0
        if not came and _now() - begun < _LASTED_SECONDS:
            await self._pause(0.0)

    def _watch(self):  # noqa: ANN202 - the port's type
        return self._cluster.watch(
            self._resource,
            resource_version=self._version,
            namespace=self._selection.namespace,
            label_selector=self._selection.label_selector,
            shape=self._selection.shape,
        )

    def _take(self, event: WatchEvent) -> None:
        match event:
            case Bookmark(resource_version=version):
                self._advance(version)
                self._sink.fresh()
            case Changed(manifest=manifest):
                version, item = self._read(manifest)
                self._advance(version)
                self._sink.change(item)
            case Deleted(manifest=manifest):
                version, item = self._read(manifest)
                self._advance(version)
                self._sink.delete(item)

    def _advance(self, version: str) -> None:
        if is_older(version, self._version):
            raise BrokenWatch(f"watch {self._about}: version {version} after {self._version}")
        self._version = self._newest = version

    async def _pause(self, at_least: float) -> None:
        wait = min(self._pace.most, self._pace.first * 2**self._failures)
        self._failures = min(self._failures + 1, 16)
        await asyncio.sleep(max(at_least, _spread(wait)))

    @property
    def _about(self) -> str:
        return f"{self._resource.plural} on {self._cluster.server}"


def is_older(version: str, than: str) -> bool:
    """Return whether a resource version is certainly older than another; opaque ones (not numbers) never are."""
    return version.isdecimal() and than.isdecimal() and int(version) < int(than)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _spread(seconds: float) -> float:
    return seconds * random.uniform(0.8, 1.2)  # noqa: S311
