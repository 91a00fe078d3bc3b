"""The live state of one destination cluster: which kinds it serves, every object of every watched kind, and how fresh.

`run` keeps it; reading never waits. Opened and closed by `clusters`, read by every stage of the controller.
"""

import asyncio
import random
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import msgspec
import orjson
import structlog

from app_controller.observe import kinds
from app_controller.observe.audit import Audit
from app_controller.observe.live import Live
from app_controller.observe.objects import Changed, Doubted, Objects
from app_controller.observe.scope import Scope
from app_controller.observe.watches import Watches, by_kind
from app_controller.observe.watching import Ears
from argosy.engine.model.resource import GroupKind, Manifest, ResourceKey, group_of
from argosy.gateways.clock import Clock
from argosy.gateways.kubernetes.errors import ClusterError, NotFound
from argosy.gateways.kubernetes.openapi import Schemas
from argosy.gateways.kubernetes.port import ApiResource, Cluster
from argosy.gateways.kubernetes.reflector import Pace

__all__ = ["ClusterCache", "ClusterStatus", "Live"]

_DEFINE_KINDS = frozenset(
    {GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"), GroupKind("apiregistration.k8s.io", "APIService")}
)
# After a definition has changed, discovery follows within seconds; it is asked until it has surely done so.
_LOOKS = (0.1, 0.3, 0.6, 1.0, 2.0, 4.0)
_READS_AT_ONCE = 8
_READ_WITHIN = 3.0
# More objects of a kind than this are quicker had by a list.
_READ_SINGLY = 100
_LOOK_SECONDS = 600.0

# No list afresh but the audit's: a list of everything costs the API server more than it finds.
_STEADY = Pace(relist=12 * 3600.0)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """What is known of a cluster; `attempted_at` is None if nothing has needed it yet, `error` empty if all is well."""

    name: str = ""
    server_version: str = ""
    resources: int = 0
    kinds: int = 0
    error: str = ""
    attempted_at: datetime | None = None
    synced_at: datetime | None = None
    api_versions: tuple[str, ...] = ()
    missed: int = 0
    """How many changes the watches had not told of and the audit found."""


class ClusterCache:
    """One cluster as it is now; `changed` is told of every object that changes and concerns an application."""

    def __init__(self, cluster: Cluster, scope: Scope, clock: Clock, *, changed: Changed, pace: Pace = _STEADY) -> None:
        self.cluster = cluster
        self.schemas = Schemas(cluster)
        self._scope = scope
        self._clock = clock
        self._pace = pace
        self._changed = changed
        self._objects = Objects(changed, marks=scope.marks)
        self._kinds = kinds.NOTHING
        ears = Ears(self._moved, self._settled, self._doubted)
        self._watches = Watches(cluster, self._objects, scope, pace=pace, ears=ears)
        self._audit = Audit(cluster, self._objects, self._watches.at)
        self._reading = asyncio.Semaphore(_READS_AT_ONCE)
        self._error = ""
        self._failures = 0
        self._looks: list[float] = []
        self._look = asyncio.Event()
        self._complete = asyncio.Event()
        self._attempted_at: datetime | None = None
        self._synced_at: datetime | None = None

    # What is served.

    def resource_for(self, kind: GroupKind, version: str = "") -> ApiResource | None:
        """Return how a kind is served in this version, the watched one if none is named; None if it is not."""
        return self._kinds.find(kind, version)

    @property
    def api_resources(self) -> tuple[ApiResource, ...]:
        """All kinds in all versions."""
        return self._kinds.resources

    @property
    def api_versions(self) -> tuple[str, ...]:
        """What Helm calls API versions, sorted: `apps/v1` and `apps/v1/Deployment`."""
        return self._kinds.api_versions

    @property
    def server_version(self) -> str:
        """The Kubernetes version, `v1.37.2`; empty before the first discovery."""
        return self._kinds.server_version

    # What runs.

    def get(self, key: ResourceKey) -> Live | None:
        """Return an object, None if there is none."""
        return self._objects.get(key)

    def tracked_by(self, instance: str) -> list[Live]:
        """Return the objects that carry an application instance's mark, copies included."""
        return self._objects.tracked_by(instance)

    def children(self, uid: str) -> list[Live]:
        """Return the objects that name this uid as an owner."""
        return self._objects.children(uid)

    def in_namespace(self, namespace: str) -> list[Live]:
        """Return the objects of a namespace; the empty one holds what is cluster-scoped."""
        return self._objects.in_namespace(namespace)

    def owners(self, key: ResourceKey) -> frozenset[ResourceKey]:
        """Return the keys of all owners of an object, and of theirs."""
        return self._objects.owners(key)

    def root_instances(self, key: ResourceKey) -> frozenset[str]:
        """Return the application instances in whose trees an object is."""
        return self._objects.root_instances(key)

    def pods_on(self, node: str) -> list[Live]:
        """Return the pods that run on a node."""
        return self._objects.pods_on(node)

    def ownerless_in(self, namespace: str) -> list[Live]:
        """Return the objects of a namespace that name no owner."""
        return self._objects.ownerless_in(namespace)

    def turnover(self, namespace: str) -> int:
        """Return how often an ownerless object came to a namespace, left it, or got another mark."""
        return self._objects.turnover(namespace)

    async def want(self, instance: str, keys: AbstractSet[ResourceKey]) -> None:
        """Tell the instance of what happens to objects with these keys from now on, whoever they belong to.

        When it returns, those that exist are held whole, or `doubt` says why they are not.
        """
        self._objects.want(instance, keys)
        # Who asks works for other clusters too: what takes longer is left to `run`, which tells of it.
        with suppress(TimeoutError):
            async with asyncio.timeout(_READ_WITHIN):
                await self._read_whole(key for key in self._objects.partial() if key in keys)
        if self._objects.lacks_more:
            self._look.set()

    def release(self, instance: str) -> None:
        """Tell the instance only of what carries its mark from now on."""
        self._objects.want(instance, frozenset())

    async def read(self, key: ResourceKey) -> Manifest | None:
        """Return an object as a whole, None if there is none; asks the API server if less is held.

        Raises `ClusterError`.
        """
        live = self.get(key)
        if live is not None and live.detail == "whole":
            return live.manifest()
        resource = self._kinds.find(key.group_kind)
        if live is None or resource is None:
            return None
        with suppress(NotFound):
            return await self.cluster.get(resource, key.name, namespace=key.namespace)
        return None

    def note_written(self, manifest: Manifest) -> None:
        """Take the API server's answer to a write of ours at once, unless something newer is held.

        What is not watched, or watched in another version, is left to the watch.
        """
        api_version, kind = str(manifest.get("apiVersion", "")), str(manifest.get("kind", ""))
        namespace = str((manifest.get("metadata") or {}).get("namespace") or "")
        watching = self._watches.watching(GroupKind(group_of(api_version), kind), namespace)
        if watching is not None and watching.resource.api_version == api_version:
            self._take(manifest, watching.resource)

    def _take(self, manifest: Manifest, resource: ApiResource) -> None:
        with suppress(msgspec.DecodeError):
            item = self._watches.reader(resource).read(orjson.dumps(manifest))
            if isinstance(item, Live):
                self._objects.put(item)

    # How fresh it is.

    @property
    def complete(self) -> bool:
        """Whether every kind was listed once, or could not be; before that, absent means nothing."""
        return self._complete.is_set()

    async def until_complete(self) -> None:
        """Return when the cache is complete."""
        await self._complete.wait()

    def stale(self, kind: GroupKind) -> str | None:
        """Return why what is held of a kind cannot be trusted, None if it can; a kind that is not served has nothing.

        Nothing may be deleted because it is absent from, or different in, what is stale.
        """
        if self._kinds is kinds.NOTHING:
            return self._error or f"{self._scope.server} has not been read yet"
        if kind.group in self._kinds.failed:
            return f"discovery of API group {kind.group or 'core'} failed"
        resource = self._kinds.find(kind)
        if resource is None:
            return self._error or None
        return self._watches.trouble(resource)

    def exclusion(self, kind: GroupKind) -> str | None:
        """Return why the settings leave a kind out, None if they do not."""
        return self._scope.exclusion(kind)

    def doubt(self, key: ResourceKey) -> str | None:
        """Return why what is held of an object, or that none is held, cannot be trusted; None if it can."""
        return self.stale(key.group_kind) or self._objects.doubt(key)

    @property
    def error(self) -> str:
        """Why the cluster cannot be read at all, empty if it can."""
        if self._kinds is kinds.NOTHING:
            return self._error
        return self._watches.error

    def status(self) -> ClusterStatus:
        """Return what is known of the cluster."""
        return ClusterStatus(
            server_version=self.server_version,
            resources=len(self._objects),
            kinds=len({kind for kind, _ in self._watches.at}),
            error=self.error,
            attempted_at=self._attempted_at,
            synced_at=self._synced_at,
            api_versions=self.api_versions,
            missed=self._audit.missed,
        )

    # What keeps it.

    def watch_only(self, scope: Scope) -> None:
        """Go on under other settings."""
        if scope.marks != self._scope.marks:
            self._objects.mark(scope.marks)
        self._scope = scope
        self._watches.limit(scope)
        self._look.set()

    async def run(self) -> None:
        """Discover kinds and watch them until cancelled; what goes wrong is shown and tried again."""
        audit = asyncio.create_task(self._audit.run(), name=f"audit {self._scope.server}")
        try:
            while True:
                self._look.clear()
                await self._discover()
                await self._mend()
                await asyncio.sleep(self._pace.first)  # However much happens, it is not looked more often.
                await self._pause()
        finally:
            audit.cancel()
            await asyncio.gather(audit, self._watches.stop(), return_exceptions=True)

    async def _discover(self) -> None:
        self._attempted_at = self._clock.now()
        try:
            found = await self.cluster.discover()
        except ClusterError as error:
            if not self._error:
                _log.warning("cluster cannot be read", server=self._scope.server, reason=str(error))
            self._error = str(error)
            return
        self._error, self._failures = "", 0
        before, self._kinds = self._kinds, kinds.take(found, self._kinds)
        await self._watches.follow(self._kinds)
        self._settled()
        self._tell_of_kinds(before)
        for kind in await self.schemas.refresh():
            self._doubted(kind)

    def _tell_of_kinds(self, before: kinds.Kinds) -> None:
        """Have everybody look again who compares objects of a kind that is served in another way now."""
        now = {resource.group_kind: resource for resource in self._kinds.preferred()}
        earlier = {resource.group_kind: resource for resource in before.preferred()}
        doubtful = before.failed ^ self._kinds.failed
        for kind in now.keys() | earlier.keys():
            if now.get(kind) != earlier.get(kind) or kind.group in doubtful:
                self._doubted(kind)

    async def _mend(self) -> None:
        """Get whole what is compared and held in part, where no list is under way that will bring it."""
        self._objects.lacks_more = False
        coming = self._watches.coming()
        for kind, keys in by_kind(key for key in self._objects.partial() if key.group_kind not in coming).items():
            if len(keys) <= _READ_SINGLY:
                await self._read_whole(keys)
            else:
                self._watches.list_again(kind, f"{kind} is listed again, since more of it is needed")

    async def _read_whole(self, keys: Iterable[ResourceKey]) -> None:
        await asyncio.gather(*(self._read_one(key) for key in keys))

    async def _read_one(self, key: ResourceKey) -> None:
        resource = self._kinds.find(key.group_kind)
        if resource is None:
            return
        try:
            async with self._reading:
                manifest = await self.cluster.get(resource, key.name, namespace=key.namespace)
        except NotFound:
            return  # The watch will tell.
        except ClusterError as error:
            _log.warning("an object cannot be read as a whole", object=str(key), reason=str(error))
            return
        self._take(manifest, resource)

    async def _pause(self) -> None:
        if self._error:
            self._failures = min(self._failures + 1, 16)
            await asyncio.sleep(min(self._pace.most, self._pace.first * 2**self._failures))
        elif self._looks:
            await asyncio.sleep(self._looks.pop(0))
        else:
            await self._rest()

    async def _rest(self) -> None:
        """Wait until something is to be looked at, or for long; then what was not allowed is tried again."""
        try:
            spread = random.uniform(0.8, 1.2)  # noqa: S311
            await asyncio.wait_for(self._look.wait(), _LOOK_SECONDS * spread)
        except TimeoutError:
            self._watches.try_anew()

    def _moved(self, kind: GroupKind) -> None:
        if kind in _DEFINE_KINDS:
            self._looks = list(_LOOKS)
            self._look.set()
        if self._objects.lacks_more:
            self._look.set()

    def _doubted(self, kind: GroupKind) -> None:
        instances = self._objects.wanting(kind) if self.complete else None
        if instances:
            self._changed(Doubted(instances))

    def _settled(self) -> None:
        """Note that everything was listed once, in the way that is needed."""
        if self._watches.are_settled():
            self._synced_at = self._clock.now()
            self._complete.set()
        elif self._objects.lacks_more:
            self._look.set()
