"""One kind of one cluster: the reflector that keeps it, the sink between reflector and objects, and how fresh it is."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import structlog

from app_controller.observe.live import Live, Reader, Unreadable
from app_controller.observe.objects import Objects
from argosy.engine.model.resource import GroupKind, ResourceKey
from argosy.gateways.kubernetes.errors import ClusterError, Forbidden
from argosy.gateways.kubernetes.port import ApiResource, Cluster
from argosy.gateways.kubernetes.reflector import BrokenWatch, Pace, Reflector, Selection, is_older

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
    """What is held may be old, and why; it is tried again all the time."""

    reason: str


@dataclass(frozen=True, slots=True)
class Denied:
    """We may not read the kind and have settled for that (`resource.respectRBAC`); the reason is the API server's."""

    reason: str


Freshness = Pending | Fresh | Stale | Denied


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a kind is watched: how fast, how many list at a time, whether a denial is final (3.34)."""

    pace: Pace
    listing: asyncio.Semaphore
    respect_rbac: str


@dataclass(frozen=True, slots=True)
class Ears:
    """Who is told: `moved` that the watch brought a change, `settled` that the first list came or failed, `doubted`
    whenever what is held becomes stale, or fresh again.
    """

    moved: Callable[[GroupKind], None]
    settled: Callable[[], None]
    doubted: Callable[[GroupKind], None]


class Watching:
    """A reflector's sink for one kind, in one namespace or all.

    `freshness` to begin with is that of the watch whose place it takes, if there is one.
    """

    def __init__(
        self,
        resource: ApiResource,
        selection: Selection,
        objects: Objects,
        *,
        terms: Terms,
        reader: Reader,
        ears: Ears,
        freshness: Freshness = Pending(),
    ) -> None:
        self.resource = resource
        self.selection = selection
        self.terms = terms
        self.freshness = freshness
        self._objects = objects
        self._reader = reader
        self._ears = ears
        self._listed = ""
        self._reflector: Reflector[Live | Unreadable] | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def kind(self) -> GroupKind:
        """The kind that is watched."""
        return self.resource.group_kind

    @property
    def has_listed(self) -> bool:
        """Whether a list has come since it was started."""
        return bool(self._listed)

    def start(self, cluster: Cluster) -> None:
        """Begin to list and watch."""
        self._reflector = Reflector(
            cluster,
            self.resource,
            self,
            read=self._read,
            selection=self.selection,
            pace=self.terms.pace,
            listing=self.terms.listing,
            final=(Forbidden,) if self.terms.respect_rbac else (),
        )
        self._task = asyncio.create_task(
            self._run(self._reflector, cluster), name=f"watch {self.kind} on {cluster.server}"
        )

    async def stop(self) -> None:
        """End the watch; the objects stay."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def list_again(self, reason: str) -> None:
        """Trust what is held no more, and list afresh."""
        self._settle(Stale(reason))
        if self._reflector is not None:
            self._reflector.list_again()

    async def _run(self, reflector: Reflector[Live | Unreadable], cluster: Cluster) -> None:
        while True:
            try:
                await reflector.run()
            except Forbidden as error:
                if self.terms.respect_rbac == "normal" or await self._is_denied(cluster):
                    _log.info("a kind may not be read and is left out", kind=str(self.kind), reason=str(error))
                    self._settle(Denied(f"{error} (left out because of resource.respectRBAC in argocd-cm)"))
                    return
            except Exception:  # noqa: BLE001 - a bug in one kind must not stop the others
                _log.exception("bug while watching a kind", kind=str(self.kind))
                self._settle(Stale(f"{self.kind} is not watched because of a bug; see the controller's log"))
            await asyncio.sleep(_AFTER_BUG_SECONDS)

    async def _is_denied(self, cluster: Cluster) -> bool:
        """Ask whether it is by the rules that we may not; an answer that cannot be had is none."""
        try:
            for verb in ("list", "watch"):
                if not await cluster.may(verb, self.resource, namespace=self.selection.namespace):
                    return True
        except ClusterError as error:
            _log.warning("it cannot be asked what we may do", kind=str(self.kind), reason=str(error))
        return False

    def _read(self, manifest: bytes) -> tuple[str, Live | Unreadable]:
        try:
            item = self._reader.read(manifest, self.selection.shape)
        except msgspec.DecodeError as error:
            raise BrokenWatch(f"{self.kind}: the API server sent what is not an object: {error}") from error
        return item.resource_version, item

    async def replace(self, items: Sequence[Live | Unreadable], resource_version: str, /) -> None:
        """See `reflector.Sink`; gives way to others now and then, since a list may be long."""
        if is_older(resource_version, self._listed):
            # The cluster was restored from a backup: what is held is of a future that did not happen.
            self._objects.forget(self.kind, self.selection.namespace)
        self._listed = resource_version
        kept: set[ResourceKey] = set()
        for number, item in enumerate(items, start=1):
            self._put(item)
            kept.add(item.key)
            if number % _AT_A_TIME == 0:
                await asyncio.sleep(0)
        self._objects.retain(self.kind, self.selection.namespace, kept, resource_version)

    def change(self, item: Live | Unreadable, /) -> None:
        """See `reflector.Sink`."""
        self._put(item)
        self._ears.moved(self.kind)

    def delete(self, item: Live | Unreadable, /) -> None:
        """See `reflector.Sink`."""
        uid = item.uid if isinstance(item, Live) else ""
        self._objects.remove(item.key, uid=uid, version=item.resource_version)
        self._ears.moved(self.kind)

    def fresh(self) -> None:
        """See `reflector.Sink`."""
        if isinstance(self.freshness, Stale):
            _log.info("watch is back", kind=str(self.kind))
        self._settle(Fresh())

    def stale(self, error: ClusterError, /) -> None:
        """See `reflector.Sink`."""
        if not isinstance(self.freshness, Stale):
            _log.warning("watch is down", kind=str(self.kind), reason=str(error))
        self._settle(Stale(str(error)))

    def _settle(self, freshness: Freshness) -> None:
        before, self.freshness = self.freshness, freshness
        if isinstance(before, Pending):
            self._ears.settled()
        if before != freshness:
            self._ears.doubted(self.kind)

    def _put(self, item: Live | Unreadable) -> None:
        match item:
            case Live():
                self._objects.put(item)
            case Unreadable():
                _log.warning("an object cannot be read", object=str(item.key), reason=item.reason)
                self._objects.quarantine(item)
