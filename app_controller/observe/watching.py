"""One kind of one cluster: the reflector that keeps it, the sink between reflector and objects, and how fresh it is."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import structlog

from app_controller.observe import live as lives
from app_controller.observe.objects import Objects
from argosy.engine.model.resource import GroupKind, ResourceKey
from argosy.gateways.kubernetes.errors import ClusterError
from argosy.gateways.kubernetes.port import ApiResource, Cluster
from argosy.gateways.kubernetes.reflector import Pace, Reflector, Selection

_AT_A_TIME = 200
_AFTER_BUG_SECONDS = 60.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pending:
    """The first list has not come yet."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """List and watch are in force."""


@dataclass(frozen=True, slots=True)
class Stale:
    """What is held may be old, and why."""

    reason: str


Freshness = Pending | Fresh | Stale


class Watching:
    """A reflector's sink for one kind, in one namespace or all.

    `moved` is called when the watch brought a change, `settled` when the first list came or failed, `doubted` whenever
    what is held becomes stale, or fresh again.
    """

    def __init__(
        self,
        resource: ApiResource,
        selection: Selection,
        objects: Objects,
        *,
        moved: Callable[[GroupKind], None],
        settled: Callable[[], None],
        doubted: Callable[[GroupKind], None],
    ) -> None:
        self.resource = resource
        self.selection = selection
        self.freshness: Freshness = Pending()
        self._objects = objects
        self._moved = moved
        self._settled = settled
        self._doubted = doubted
        self._task: asyncio.Task[None] | None = None

    @property
    def kind(self) -> GroupKind:
        """The kind that is watched."""
        return self.resource.group_kind

    def start(self, cluster: Cluster, *, pace: Pace, listing: asyncio.Semaphore) -> None:
        """Begin to list and watch."""
        reflector = Reflector(cluster, self.resource, self, selection=self.selection, pace=pace, listing=listing)
        self._task = asyncio.create_task(self._run(reflector), name=f"watch {self.kind} on {cluster.server}")

    async def stop(self) -> None:
        """End the watch; the objects stay."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self, reflector: Reflector) -> None:
        while True:
            try:
                await reflector.run()
            except Exception:  # noqa: BLE001 - a bug in one kind must not stop the others
                _log.exception("bug while watching a kind", kind=str(self.kind))
                self._settle(Stale(f"{self.kind} is not watched because of a bug; see the controller's log"))
            await asyncio.sleep(_AFTER_BUG_SECONDS)

    async def replace(self, manifests: Sequence[bytes], resource_version: str) -> None:
        """See `reflector.Sink`; gives way to others now and then, since a list may be long."""
        kept: set[ResourceKey] = set()
        for number, manifest in enumerate(manifests, start=1):
            key = self._put(manifest)
            if key is not None:
                kept.add(key)
            if number % _AT_A_TIME == 0:
                await asyncio.sleep(0)
        self._objects.retain(self.kind, self.selection.namespace, kept, resource_version)

    def change(self, manifest: bytes) -> None:
        """See `reflector.Sink`."""
        self._put(manifest)
        self._moved(self.kind)

    def delete(self, manifest: bytes) -> None:
        """See `reflector.Sink`."""
        try:
            last = lives.read(manifest, self._objects.marks)
        except msgspec.DecodeError as error:
            self._quarantine(error)
            return
        self._objects.remove(last.key, uid=last.uid, version=last.resource_version)
        self._moved(self.kind)

    def fresh(self) -> None:
        """See `reflector.Sink`."""
        if isinstance(self.freshness, Stale):
            _log.info("watch is back", kind=str(self.kind))
        self._settle(Fresh())

    def stale(self, error: ClusterError) -> None:
        """See `reflector.Sink`."""
        if not isinstance(self.freshness, Stale):
            _log.warning("watch is down", kind=str(self.kind), reason=str(error))
        self._settle(Stale(str(error)))

    def _settle(self, freshness: Freshness) -> None:
        before, self.freshness = self.freshness, freshness
        if isinstance(before, Pending):
            self._settled()
        elif before != freshness:
            self._doubted(self.kind)

    def _put(self, manifest: bytes) -> ResourceKey | None:
        try:
            known = self._objects.get(lives.key_of(manifest))
            read = lives.read(manifest, self._objects.marks, known)
        except msgspec.DecodeError as error:
            self._quarantine(error)
            return None
        self._objects.put(read)
        return read.key

    def _quarantine(self, error: msgspec.DecodeError) -> None:
        _log.warning("an object cannot be read and is left out", kind=str(self.kind), reason=str(error))
