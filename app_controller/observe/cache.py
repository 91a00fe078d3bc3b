"""The live state of one destination cluster: which kinds it serves, every object of every watched kind, and how fresh.

`run` keeps it; reading never waits. Opened and closed by `clusters`, read by every stage of the controller.
"""

import asyncio
import random
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import msgspec
import orjson
import structlog

from app_controller.observe import kinds
from app_controller.observe import live as lives
from app_controller.observe.live import Live
from app_controller.observe.objects import Changed, Doubted, Objects
from app_controller.observe.scope import Scope
from app_controller.observe.watching import Fresh, Pending, Stale, Watching
from argosy.engine.model.resource import GroupKind, Manifest, ResourceKey
from argosy.gateways.clock import Clock
from argosy.gateways.kubernetes.errors import ClusterError
from argosy.gateways.kubernetes.port import ApiResource, Cluster
from argosy.gateways.kubernetes.reflector import USUAL, Pace, Selection

__all__ = ["ClusterCache", "ClusterStatus", "Live"]

_DEFINE_KINDS = frozenset(
    {GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"), GroupKind("apiregistration.k8s.io", "APIService")}
)
# After a definition has changed, discovery follows within seconds; it is asked until it has surely done so.
_LOOKS = (0.1, 0.3, 0.6, 1.0, 2.0, 4.0)
_LISTS_AT_ONCE = 10

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


class ClusterCache:
    """One cluster as it is now; `changed` is told of every object that changes and concerns an application."""

    def __init__(self, cluster: Cluster, scope: Scope, clock: Clock, *, changed: Changed, pace: Pace = USUAL) -> None:
        self.cluster = cluster
        self._scope = scope
        self._clock = clock
        self._pace = pace
        self._changed = changed
        self._objects = Objects(changed, marks=scope.marks)
        self._kinds = kinds.NOTHING
        self._watchings: dict[tuple[GroupKind, str], Watching] = {}
        self._listing = asyncio.Semaphore(_LISTS_AT_ONCE)
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

    def want(self, instance: str, keys: AbstractSet[ResourceKey]) -> None:
        """Tell the instance of what happens to objects with these keys from now on, whoever they belong to."""
        self._objects.want(instance, keys)

    def note_written(self, manifest: Manifest) -> None:
        """Take the API server's answer to a write of ours at once, unless something newer is held.

        What is not watched, or watched in another version, is left to the watch.
        """
        encoded = orjson.dumps(manifest)
        with suppress(msgspec.DecodeError):
            live = lives.read(encoded, self._objects.marks)
            watching = self._watching(live.key.group_kind, live.key.namespace)
            if watching is not None and watching.resource.api_version == live.api_version:
                self._objects.put(live)

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
        return self._scope.refusal(resource) or self._trouble(resource)

    @property
    def error(self) -> str:
        """Why the cluster cannot be read at all, empty if it can."""
        if self._kinds is kinds.NOTHING:
            return self._error
        states = [watching.freshness for watching in self._watchings.values()]
        reasons = [state.reason for state in states if isinstance(state, Stale)]
        return reasons[0] if reasons and len(reasons) == len(states) else ""

    def status(self) -> ClusterStatus:
        """Return what is known of the cluster."""
        return ClusterStatus(
            server_version=self.server_version,
            resources=len(self._objects),
            kinds=len({kind for kind, _ in self._watchings}),
            error=self.error,
            attempted_at=self._attempted_at,
            synced_at=self._synced_at,
            api_versions=self.api_versions,
        )

    # What keeps it.

    def watch_only(self, scope: Scope) -> None:
        """Go on under other settings."""
        if scope.marks != self._scope.marks:
            self._objects.mark(scope.marks)
        self._scope = scope
        self._look.set()

    async def run(self) -> None:
        """Discover kinds and watch them until cancelled; what goes wrong is shown and tried again."""
        try:
            while True:
                self._look.clear()
                await self._discover()
                await self._pause()
        finally:
            await asyncio.gather(*(watching.stop() for watching in self._watchings.values()))

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
        await self._watch()
        self._tell_of_kinds(before)

    def _tell_of_kinds(self, before: kinds.Kinds) -> None:
        """Have everybody look again who compares objects of a kind that is served in another way now."""
        now = {resource.group_kind: resource for resource in self._kinds.preferred()}
        earlier = {resource.group_kind: resource for resource in before.preferred()}
        doubtful = before.failed ^ self._kinds.failed
        for kind in now.keys() | earlier.keys():
            if now.get(kind) != earlier.get(kind) or kind.group in doubtful:
                self._doubted(kind)

    async def _watch(self) -> None:
        """Stop what is no longer served or wanted, start what is new."""
        wanted = {
            (resource.group_kind, selection.namespace): (resource, selection)
            for resource in self._kinds.preferred()
            if self._scope.refusal(resource) is None
            for selection in self._scope.selections(resource)
        }
        for place, watching in list(self._watchings.items()):
            if place not in wanted:
                del self._watchings[place]
                await watching.stop()
                self._objects.forget(*place)
            elif watching.resource != wanted[place][0]:
                del self._watchings[place]
                await watching.stop()
        for place, (resource, selection) in wanted.items():
            if place not in self._watchings:
                self._watchings[place] = self._start(resource, selection)
        self._settled()

    def _start(self, resource: ApiResource, selection: Selection) -> Watching:
        watching = Watching(
            resource, selection, self._objects, moved=self._moved, settled=self._settled, doubted=self._doubted
        )
        watching.start(self.cluster, pace=self._pace, listing=self._listing)
        return watching

    async def _pause(self) -> None:
        if self._error:
            self._failures = min(self._failures + 1, 16)
            await asyncio.sleep(min(self._pace.most, self._pace.first * 2**self._failures))
        elif self._looks:
            await asyncio.sleep(self._looks.pop(0))
        else:
            with suppress(TimeoutError):
                spread = random.uniform(0.8, 1.2)  # noqa: S311
                await asyncio.wait_for(self._look.wait(), self._pace.relist * spread)

    def _moved(self, kind: GroupKind) -> None:
        if kind in _DEFINE_KINDS:
            self._looks = list(_LOOKS)
            self._look.set()

    def _doubted(self, kind: GroupKind) -> None:
        instances = self._objects.wanting(kind)
        if instances:
            self._changed(Doubted(instances))

    def _settled(self) -> None:
        if not any(isinstance(watching.freshness, Pending) for watching in self._watchings.values()):
            self._synced_at = self._clock.now()
            self._complete.set()

    def _watching(self, kind: GroupKind, namespace: str) -> Watching | None:
        return self._watchings.get((kind, "")) or self._watchings.get((kind, namespace))

    def _trouble(self, resource: ApiResource) -> str | None:
        for selection in self._scope.selections(resource):
            watching = self._watchings.get((resource.group_kind, selection.namespace))
            match watching.freshness if watching else Pending():
                case Fresh():
                    continue
                case Stale(reason=reason):
                    return reason
                case Pending():
                    return f"{resource.group_kind} has not been listed yet"
        return None
