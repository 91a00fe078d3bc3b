"""Destination clusters: opened when needed, closed when their credentials change, each on its own."""

import asyncio
from datetime import UTC, datetime

import pytest

from app_controller.observe.clusters import Clusters
from argosy.engine.settings import IN_CLUSTER_SERVER, Cluster, ResourceFilter, Settings, Watching
from argosy.gateways.clock import ManualClock
from argosy.gateways.kubernetes.errors import InvalidConnection, Unreachable
from argosy.gateways.kubernetes.memory import MemoryCluster
from argosy.gateways.kubernetes.port import ApiResource

PODS = ApiResource("", "v1", "Pod", "pods", namespaced=True, verbs=frozenset({"get", "list", "watch"}))
OTHER = "https://other.example.com"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Opener:
    """Opens clusters in memory, and remembers which are open."""

    def __init__(self):
        self.opened = []
        self.closed = []

    def open(self, server, config):
        if config.get("broken"):
            raise InvalidConnection(f"cluster {server}: config: broken")
        cluster = MemoryCluster([PODS], server=server)
        self.opened.append((server, dict(config)))

        async def close():
            self.closed.append(server)

        cluster.close = close
        return cluster


class House:
    def __init__(self):
        self.own = MemoryCluster([PODS])
        self.opener = Opener()
        self.clusters = Clusters(self.own, self.opener, ManualClock(NOW))

    def configure(self, **config):
        entries = (Cluster(IN_CLUSTER_SERVER, "in-cluster"), Cluster(OTHER, "other", config=config))
        self.clusters.configure(Settings(clusters=entries))

    async def complete(self, server):
        cache = self.clusters.at(server)
        async with asyncio.timeout(30):
            await cache.until_complete()
        return cache


async def until(condition):
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - a cache has no event for every field of it
            await asyncio.sleep(0)


@pytest.fixture
async def house():
    built = House()
    built.configure()
    yield built
    await built.clusters.close()


async def test_the_control_cluster_is_a_destination_over_its_own_connection(house):
    cache = await house.complete(IN_CLUSTER_SERVER)
    assert cache.cluster is house.own
    assert house.opener.opened == []
    assert house.clusters.at(IN_CLUSTER_SERVER) is cache


async def test_another_cluster_is_opened_when_it_is_needed_and_once(house):
    assert house.opener.opened == []
    status = house.clusters.status(OTHER)
    assert (status.name, status.attempted_at, status.error) == ("other", None, "")
    cache = await house.complete(OTHER)
    assert house.clusters.at(OTHER) is cache
    assert house.opener.opened == [(OTHER, {})]
    assert house.clusters.status(OTHER).attempted_at == NOW
    assert house.clusters.servers() == (IN_CLUSTER_SERVER, OTHER)


async def test_new_credentials_close_the_old_connection(house):
    old = await house.complete(OTHER)
    house.configure(bearerToken="new")
    new = await house.complete(OTHER)
    assert new is not old
    assert house.opener.opened[-1] == (OTHER, {"bearerToken": "new"})
    await house.clusters.close()
    assert house.opener.closed == [OTHER, OTHER]


async def test_other_settings_leave_the_connection_open(house):
    cache = await house.complete(OTHER)
    exclusions = Watching(exclusions=(ResourceFilter(kinds=("Pod",)),))
    house.clusters.configure(Settings(clusters=(Cluster(OTHER, "other"),), watching=exclusions))
    assert house.clusters.at(OTHER) is cache
    assert "excluded" in cache.stale(PODS.group_kind)


async def test_a_cluster_that_is_removed_is_closed(house):
    await house.complete(OTHER)
    house.clusters.configure(Settings(clusters=(Cluster(IN_CLUSTER_SERVER, "in-cluster"),)))
    with pytest.raises(InvalidConnection, match="no cluster with server"):
        house.clusters.at(OTHER)
    await house.clusters.close()
    assert house.opener.closed == [OTHER]


async def test_a_cluster_that_nothing_uses_can_be_closed(house):
    await house.complete(OTHER)
    await house.complete(IN_CLUSTER_SERVER)
    house.clusters.keep([IN_CLUSTER_SERVER])
    assert house.clusters.status(OTHER).attempted_at is None
    assert house.clusters.status(IN_CLUSTER_SERVER).attempted_at == NOW


async def test_settings_that_cannot_be_used_are_shown_and_hurt_only_their_cluster(house):
    house.configure(broken=True)
    with pytest.raises(InvalidConnection, match="broken"):
        house.clusters.at(OTHER)
    assert house.clusters.status(OTHER).error == f"cluster {OTHER}: config: broken"
    assert (await house.complete(IN_CLUSTER_SERVER)).error == ""
    house.configure()
    assert (await house.complete(OTHER)).error == ""


async def test_a_cluster_that_is_down_hurts_only_itself(house):
    cache = house.clusters.at(OTHER)
    cache.cluster.fail_next("discover", Unreachable("away"), times=1000)
    await until(lambda: cache.error)
    assert house.clusters.status(OTHER).error == "away"
    assert (await house.complete(IN_CLUSTER_SERVER)).complete
    assert not cache.complete


async def test_whoever_listens_hears_of_every_cluster(house):
    told = []
    house.clusters.listen(told.append)
    for server in (IN_CLUSTER_SERVER, OTHER):
        cache = await house.complete(server)
        mark = {"argocd.argoproj.io/tracking-id": "shop:/Pod:a/web"}
        await cache.cluster.create(PODS, {"metadata": {"name": "web", "namespace": "a", "annotations": mark}})
    await until(lambda: len(told) == 2)
    assert [each.judged_by for each in told] == [{"shop"}, {"shop"}]


async def test_closing_leaves_nothing_running(house):
    before = asyncio.all_tasks()
    await house.complete(OTHER)
    await house.complete(IN_CLUSTER_SERVER)
    await house.clusters.close()
    assert asyncio.all_tasks() <= before
