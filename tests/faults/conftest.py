"""A fault proxy in front of the run's control plane, and a live cache, or a whole controller, that sees it only so."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from app_controller.observe.cache import ClusterCache
from app_controller.observe.scope import Scope
from app_controller.outside import SECRETS
from app_controller.queue import ApplicationKey
from argosy.engine.settings import ResourceFilter, Watching
from argosy.gateways.clock import SystemClock
from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.client import Client
from argosy.gateways.kubernetes.port import ApiResource
from argosy.gateways.kubernetes.reflector import Pace
from tests.faults.proxy import FaultProxy, Upstream
from tests.processes.conftest import Controller, Slow, config_map, controller, tool_worker_program

__all__ = ["Controller", "config_map", "controller", "tool_worker_program"]

CONFIG_MAPS = ApiResource("", "v1", "ConfigMap", "configmaps", namespaced=True, verbs=frozenset())
KINDS = ("ConfigMap", "Secret", "Service")
QUICK = Pace(first=0.05, most=0.2, relist=3600.0)


@pytest.fixture
async def proxy(control_plane: Any) -> AsyncIterator[FaultProxy]:
    main = control_plane.main
    async with FaultProxy(Upstream(main.server, main.token, main.certificate_authority)) as made:
        yield made


@dataclass(frozen=True)
class Stage:
    """The test's namespace, seen through a fault proxy and past it."""

    proxy: FaultProxy
    cluster: Client
    namespace: str

    @asynccontextmanager
    async def caching(self, *, until_complete: bool = True, **settings: Any) -> AsyncIterator[ClusterCache]:
        """Run a live cache of three kinds in the namespace, behind the proxy."""
        watching = Watching(inclusions=(ResourceFilter(kinds=KINDS),), **settings)
        scope = Scope(self.proxy.url, watching, namespaces=(self.namespace,))
        client = connect.from_settings(self.proxy.url, {})
        cache = ClusterCache(client, scope, SystemClock(), changed=lambda _: None, pace=QUICK)
        task = asyncio.create_task(cache.run())
        try:
            if until_complete:
                async with asyncio.timeout(30):
                    await cache.until_complete()
            yield cache
        finally:
            task.cancel()
            await asyncio.wait([task])
            await client.close()

    async def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until something is so, and return it."""
        async with asyncio.timeout(30):
            while not (found := condition()):  # noqa: ASYNC110  (a cache has no event for every field of it)
                await asyncio.sleep(0.01)
        return found

    async def same(self, cache: ClusterCache) -> None:
        """Wait until the cache holds the ConfigMaps that there are, and is sure of it."""
        async with asyncio.timeout(30):
            while cache.stale(CONFIG_MAPS.group_kind) or self.held(cache) != await self.versions():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    def held(self, cache: ClusterCache) -> dict[str, str]:
        """Return the ConfigMaps that a cache holds, by name, in which version."""
        found = cache.in_namespace(self.namespace)
        return {live.key.name: live.resource_version for live in found if live.key.kind == "ConfigMap"}

    # Past the proxy.

    async def put(self, name: str, **data: str) -> None:
        """Create or change a ConfigMap."""
        metadata = {"name": name, "namespace": self.namespace}
        kind = {"apiVersion": "v1", "kind": "ConfigMap"}
        await self.cluster.apply(CONFIG_MAPS, {**kind, "metadata": metadata, "data": data})

    async def delete(self, name: str) -> None:
        """Delete a ConfigMap."""
        await self.cluster.delete(CONFIG_MAPS, name, namespace=self.namespace)

    async def versions(self) -> dict[str, str]:
        """Return the ConfigMaps that there are, by name, in which version."""
        found: dict[str, str] = {}
        after = ""
        while True:
            page = await self.cluster.list_page(CONFIG_MAPS, namespace=self.namespace, after=after)
            metadata = [orjson.loads(manifest)["metadata"] for manifest in page.items]
            found |= {each["name"]: each["resourceVersion"] for each in metadata}
            after = page.next
            if not after:
                return found


@pytest.fixture
async def stage(control_plane: Any, proxy: FaultProxy, namespace: str) -> AsyncIterator[Stage]:
    cluster = connect.from_kubeconfig(control_plane.kubeconfig)
    yield Stage(proxy, cluster, namespace)
    await cluster.close()


class Remote:
    """A controller whose destination is behind the proxy, and an application there that syncs itself and prunes."""

    def __init__(self, controller: Controller, proxy: FaultProxy) -> None:
        self.controller = controller
        self.proxy = proxy

    async def start(self) -> None:
        """Make the destination known, in the test's namespace only, and start the controller."""
        namespace = self.controller.namespace
        metadata = {
            "name": "remote",
            "namespace": namespace,
            "labels": {"argocd.argoproj.io/secret-type": "cluster"},
        }
        texts = {"name": "remote", "server": self.proxy.url, "namespaces": namespace, "config": "{}"}
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": texts}
        await self.controller.cluster.create(SECRETS, secret)
        await self.controller.start()

    async def create(self, **spec: Any) -> ApplicationKey:
        """Create the application; it need not wait for anybody."""
        automated = {"automated": {"prune": True, "selfHeal": True}}
        destination = {"server": self.proxy.url, "namespace": self.controller.namespace}
        return await self.controller.create(**{"destination": destination, "syncPolicy": automated, **spec})

    @property
    def cache(self) -> ClusterCache:
        """The live state of the destination, as the controller has it."""
        assert self.controller.work is not None
        return self.controller.work.outside.destinations.at(self.proxy.url)

    def writes(self) -> list[str]:
        """Return what was written through the proxy so far, in order: `apply configmaps/c`."""
        verbs = ("create", "update", "patch", "apply", "delete")
        return [f"{each.verb} {each.resource}/{each.name}" for each in self.proxy.record if each.verb in verbs]


@pytest.fixture
async def remote(controller: Controller, proxy: FaultProxy) -> Remote:
    return Remote(controller, proxy)


@pytest.fixture
async def behind(controller: Controller, proxy: FaultProxy) -> AsyncIterator[Remote]:
    """A controller that sees its own cluster through the proxy; a test does what it does past it."""
    seen = connect.from_settings(proxy.url, {})
    controller._control = Slow(seen, controller.fuse)
    yield Remote(controller, proxy)
    await seen.close()
