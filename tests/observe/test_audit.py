"""The slow second look finds what a watch did not tell, and nothing else."""

import asyncio
from contextlib import aclosing

import pytest

from app_controller.observe import audit
from argosy.engine.model.resource import ResourceKey
from argosy.gateways.kubernetes.errors import Unreachable
from argosy.gateways.kubernetes.memory import MemoryCluster
from argosy.gateways.kubernetes.port import ApiResource, Bookmark

VERBS = frozenset({"get", "list", "watch"})
PODS = ApiResource("", "v1", "Pod", "pods", namespaced=True, verbs=VERBS)
KEY = ResourceKey("", "Pod", "shop", "web")


class Forgetful(MemoryCluster):
    """Loses watch events while it is told to."""

    def __init__(self):
        super().__init__([PODS])
        self.loses = False
        self.lists = {"whole": 0, "metadata": 0}

    async def list_page(self, resource, **options):
        self.lists[options["shape"]] += 1
        return await super().list_page(resource, **options)

    async def watch(self, resource, **options):
        async with aclosing(super().watch(resource, **options)) as events:
            async for event in events:
                if isinstance(event, Bookmark) or not self.loses:
                    yield event


@pytest.fixture
def cluster():
    return Forgetful()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(audit, "_GRACE", 0.01)
    monkeypatch.setattr(audit, "ROUND_SECONDS", 0.02)


def pod(name="web", **data):
    return {"metadata": {"name": name, "namespace": "shop"}, **data}


async def rounds(cluster, number=3):
    """Let the audit look a few times more."""
    before = cluster.lists["metadata"]
    async with asyncio.timeout(30):
        while cluster.lists["metadata"] < before + number:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def lose(cluster, change):
    cluster.loses = True
    await change
    await asyncio.sleep(0.005)
    cluster.loses = False


async def test_f_027_a_change_that_was_not_told_is_found_and_repaired(cluster, caching, until):
    await cluster.create(PODS, pod(spec=1))
    async with caching(cluster) as cache:
        await lose(cluster, cluster.patch(PODS, "web", {"spec": 2}, namespace="shop"))
        assert cache.get(KEY).manifest()["spec"] == 1
        await until(lambda: cache.get(KEY).manifest()["spec"] == 2)
        assert cache.status().missed == 1
        await until(lambda: cache.stale(PODS.group_kind) is None)


async def test_f_027_an_object_that_was_not_told_is_found(cluster, caching, until):
    async with caching(cluster) as cache:
        await lose(cluster, cluster.create(PODS, pod()))
        await until(lambda: cache.get(KEY))
        assert cache.status().missed == 1


async def test_f_027_a_deletion_that_was_not_told_is_found(cluster, caching, until):
    await cluster.create(PODS, pod())
    async with caching(cluster) as cache:
        await lose(cluster, cluster.delete(PODS, "web", namespace="shop"))
        await until(lambda: cache.get(KEY) is None)
        assert cache.status().missed == 1


async def test_until_it_is_repaired_the_kind_is_doubted(cluster, caching, until):
    await cluster.create(PODS, pod(spec=1))
    async with caching(cluster) as cache:
        await lose(cluster, cluster.patch(PODS, "web", {"spec": 2}, namespace="shop"))
        whole = asyncio.Event()
        list_page = cluster.list_page

        async def held(resource, **options):
            if options["shape"] == "whole":
                await whole.wait()
            return await list_page(resource, **options)

        cluster.list_page = held
        await until(lambda: cache.stale(PODS.group_kind))
        assert "did not tell of a change of Pod:shop/web" in cache.stale(PODS.group_kind)
        whole.set()
        await until(lambda: cache.stale(PODS.group_kind) is None)


async def test_where_nothing_was_missed_nothing_is_listed_again(cluster, caching):
    for number in range(5):
        await cluster.create(PODS, pod(f"pod-{number}"))
    async with caching(cluster) as cache:
        await rounds(cluster)
        await cluster.patch(PODS, "pod-1", {"spec": 2}, namespace="shop")
        await cluster.delete(PODS, "pod-2", namespace="shop")
        await cluster.create(PODS, pod("new"))
        await rounds(cluster)
        assert (cache.status().missed, cluster.lists["whole"]) == (0, 1)


async def test_what_came_and_went_while_it_was_looked_at_was_not_missed(cluster, caching):
    """More deletions than are remembered: each is asked for before it is counted."""
    for number in range(1100):
        await cluster.create(PODS, pod(f"pod-{number}"))
    async with caching(cluster) as cache:
        page = cluster.list_page

        async def late(resource, **options):
            found = await page(resource, **options)
            if options["shape"] == "metadata":
                for number in range(1100):
                    if cluster._objects:
                        await cluster.delete(PODS, f"pod-{number}", namespace="shop")
            return found

        cluster.list_page = late
        await rounds(cluster)
        assert cache.status().missed == 0


async def test_a_list_that_fails_says_nothing(cluster, caching):
    await cluster.create(PODS, pod())
    async with caching(cluster) as cache:
        cluster.fail_next("list", Unreachable("away"), times=3)
        await rounds(cluster, 6)
        assert (cache.stale(PODS.group_kind), cache.status().missed) == (None, 0)
