"""The destination clusters: a cache for each that is needed, opened on demand with the credentials in its Secret.

Told the settings by `loop`, asked by every stage. A cluster that is down or misconfigured hurts only itself.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace

import structlog

from app_controller.observe.cache import ClusterCache, ClusterStatus
from app_controller.observe.objects import Changed, Doubted, Stirred
from app_controller.observe.scope import scope_of
from argosy.engine.settings import IN_CLUSTER_SERVER, Settings
from argosy.engine.settings import Cluster as Entry
from argosy.gateways.clock import Clock
from argosy.gateways.kubernetes import port
from argosy.gateways.kubernetes.errors import InvalidConnection

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Open:
    entry: Entry
    cache: ClusterCache
    task: asyncio.Task[None]
    owned: bool
    """Whether the connection is closed with the cache; the control cluster's is its maker's."""


class Clusters:
    """Caches by server; `own` is the control cluster, which is the destination `https://kubernetes.default.svc`."""

    def __init__(self, own: port.Cluster, opener: port.Clusters, clock: Clock) -> None:
        self._own = own
        self._opener = opener
        self._clock = clock
        self._settings = Settings()
        self._open: dict[str, _Open] = {}
        self._refused: dict[str, str] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._listener: Changed = _nobody

    def listen(self, changed: Changed) -> None:
        """Tell this listener of every live object that changes and concerns an application, once per event."""
        self._listener = changed

    def configure(self, settings: Settings) -> None:
        """Go on with these settings: what they changed of a cluster's connection closes it, to be opened again."""
        self._settings = settings
        self._refused.clear()
        entries = {entry.server: entry for entry in settings.clusters}
        for server, opened in list(self._open.items()):
            entry = entries.get(server)
            if entry is None or entry.config != opened.entry.config:
                self._drop(server)
            else:
                opened.cache.watch_only(scope_of(entry, settings))

    def servers(self) -> tuple[str, ...]:
        """Return the addresses of all clusters in the settings."""
        return tuple(entry.server for entry in self._settings.clusters)

    def at(self, server: str) -> ClusterCache:
        """Return the cache of a cluster, opened if it is not yet; called in the event loop.

        Raises `InvalidConnection` if there is no such cluster, or its connection settings cannot be used.
        """
        opened = self._open.get(server)
        if opened is None:
            opened = self._start(self._entry(server))
            self._open[server] = opened
        return opened.cache

    def status(self, server: str) -> ClusterStatus:
        """Return what is known of a cluster."""
        name = next((entry.name for entry in self._settings.clusters if entry.server == server), "")
        opened = self._open.get(server)
        if opened is not None:
            return replace(opened.cache.status(), name=name)
        error = self._refused.get(server, "")
        return ClusterStatus(name=name, error=error)

    def keep(self, servers: Collection[str]) -> None:
        """Close the clusters that nothing uses any more: all but these."""
        for server in self._open.keys() - set(servers):
            self._drop(server)

    async def close(self) -> None:
        """Close all clusters."""
        for server in list(self._open):
            self._drop(server)
        await asyncio.gather(*self._closing)

    def _entry(self, server: str) -> Entry:
        for entry in self._settings.clusters:
            if entry.server == server:
                return entry
        raise InvalidConnection(f"there is no cluster with server {server!r}")

    def _start(self, entry: Entry) -> _Open:
        owned = entry.server != IN_CLUSTER_SERVER or bool(entry.config)
        try:
            cluster = self._opener.open(entry.server, entry.config) if owned else self._own
        except InvalidConnection as error:
            self._refused[entry.server] = str(error)
            raise
        scope = scope_of(entry, self._settings)
        cache = ClusterCache(cluster, scope, self._clock, changed=self._tell)
        task = asyncio.create_task(cache.run(), name=f"cluster {entry.server}")
        task.add_done_callback(_report)
        return _Open(entry, cache, task, owned)

    def _tell(self, news: Stirred | Doubted) -> None:
        self._listener(news)

    def _drop(self, server: str) -> None:
        task = asyncio.create_task(_close(self._open.pop(server)), name=f"close {server}")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _close(opened: _Open) -> None:
    opened.task.cancel()
    await asyncio.wait([opened.task])
    if opened.owned:
        await opened.cache.cluster.close()


def _nobody(news: Stirred | Doubted) -> None:
    del news


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.error("bug while reading a cluster", task=task.get_name(), exc_info=task.exception())
