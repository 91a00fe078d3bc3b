"""One cluster's live state: complete, fresh, and honest about what it does not know."""

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from app_controller.observe.cache import ClusterCache
from app_controller.observe.objects import Doubted, Stirred
from app_controller.observe.scope import Scope
from argosy.engine.model.resource import GroupKind, ResourceKey
from argosy.engine.settings import ResourceFilter, Watching
from argosy.engine.tracking import Tracking
from argosy.gateways.clock import ManualClock
from argosy.gateways.kubernetes import reflector as reflectors
from argosy.gateways.kubernetes.errors import Forbidden, Gone, Unreachable
from argosy.gateways.kubernetes.memory import MemoryCluster
from argosy.gateways.kubernetes.port import ApiResource
from argosy.gateways.kubernetes.reflector import Pace

VERBS = frozenset({"get", "list", "watch"})
PODS = ApiResource("", "v1", "Pod", "pods", namespaced=True, verbs=VERBS)
NODES = ApiResource("", "v1", "Node", "nodes", namespaced=False, verbs=VERBS)
EVENTS = ApiResource("", "v1", "Event", "events", namespaced=True, verbs=VERBS)
WIDGETS = ApiResource("example.com", "v1", "Widget", "widgets", namespaced=True, verbs=VERBS)
OLD_WIDGETS = replace(WIDGETS, version="v1beta1", preferred=False)
DEFINITIONS = ApiResource(
    "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "crds", namespaced=False, verbs=VERBS
)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SERVER = "https://memory"
POD, WIDGET = PODS.group_kind, WIDGETS.group_kind


@pytest.fixture
def cluster():
    return MemoryCluster([PODS, NODES, EVENTS, DEFINITIONS, WIDGETS, OLD_WIDGETS])


@asynccontextmanager
async def caching(cluster, *, scope=None, until_complete=True, told=None):
    pace = Pace(first=0.0, most=0.0)
    scope = scope or Scope(SERVER)
    changed = (told if told is not None else []).append
    cache = ClusterCache(cluster, scope, ManualClock(NOW), changed=changed, pace=pace)
    task = asyncio.create_task(cache.run())
    try:
        if until_complete:
            async with asyncio.timeout(30):
                await cache.until_complete()
        yield cache
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition):
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - a cache has no event for every field of it
            await asyncio.sleep(0)


def pod(name, *, namespace="shop", mark="", **data):
    metadata = {"name": name, "namespace": namespace}
    if mark:
        metadata["annotations"] = {"argocd.argoproj.io/tracking-id": f"{mark}:/Pod:{namespace}/{name}"}
    return {"metadata": metadata, **data}


def key(name, *, namespace="shop"):
    return ResourceKey("", "Pod", namespace, name)


async def test_everything_that_is_watched_is_there_when_it_is_complete(cluster):
    await cluster.create(PODS, pod("web", mark="shop"))
    told = []
    async with caching(cluster, told=told) as cache:
        assert cache.get(key("web")).instance == "shop"
        assert [live.key for live in cache.tracked_by("shop")] == [key("web")]
        assert [each.judged_by for each in told] == [{"shop"}]
        assert cache.stale(POD) is None
        assert cache.error == ""
        status = cache.status()
        assert (status.resources, status.kinds, status.error, status.synced_at) == (1, 4, "", NOW)


async def test_changes_are_seen_and_told(cluster):
    told = []
    async with caching(cluster, told=told) as cache:
        await cluster.create(PODS, pod("web", mark="shop"))
        await until(lambda: cache.get(key("web")))
        await cluster.delete(PODS, "web", namespace="shop")
        await until(lambda: not cache.get(key("web")))
        assert [each.judged_by for each in told] == [{"shop"}, {"shop"}]


async def test_kinds_are_found_in_the_version_that_is_asked_for(cluster):
    async with caching(cluster) as cache:
        assert cache.resource_for(WIDGET) == WIDGETS
        assert cache.resource_for(WIDGET, version="v1beta1") == OLD_WIDGETS
        assert cache.resource_for(WIDGET, version="v2") is None
        assert cache.resource_for(GroupKind("example.com", "Gadget")) is None
        assert {"v1", "v1/Pod", "example.com/v1beta1/Widget"} <= set(cache.api_versions)
        assert cache.server_version == "v1.37.0"


async def test_what_is_not_known_is_said(cluster):
    async with caching(cluster, until_complete=False) as cache:
        assert not cache.complete
        assert cache.stale(POD) == "https://memory has not been read yet"
        await asyncio.wait_for(cache.until_complete(), 30)
        assert cache.stale(EVENTS.group_kind) == "Event is never watched"
        assert cache.stale(GroupKind("example.com", "Gadget")) is None


async def test_a_kind_that_cannot_be_listed_hurts_only_itself(cluster):
    await cluster.create(PODS, pod("web"))
    list_page = cluster.list_page

    async def broken(resource, **options):
        if resource == WIDGETS:
            raise Unreachable("conversion webhook for example.com failed")
        return await list_page(resource, **options)

    cluster.list_page = broken
    async with caching(cluster) as cache:
        assert cache.complete
        assert cache.stale(WIDGET) == "conversion webhook for example.com failed"
        assert cache.stale(POD) is None
        assert cache.get(key("web"))
        assert cache.error == ""
        cluster.list_page = list_page
        await until(lambda: cache.stale(WIDGET) is None)


async def test_a_cluster_that_is_down_says_so_and_keeps_what_it_had(cluster):
    await cluster.create(PODS, pod("web"))
    async with caching(cluster) as cache:
        list_page, watch = cluster.list_page, cluster.watch

        async def down(*_arguments, **_options):
            raise Unreachable("no route to host")
            yield

        cluster.watch = down
        cluster.drop_watches()
        await until(lambda: cache.error)
        assert cache.error == cache.stale(POD) == "no route to host"
        assert cache.get(key("web"))
        assert cache.status().error == "no route to host"
        cluster.list_page, cluster.watch = list_page, watch
        await until(lambda: not cache.error)
        assert cache.stale(POD) is None


async def test_a_cluster_that_cannot_be_discovered_is_never_complete(cluster):
    cluster.fail_next("discover", Forbidden("not for you"), times=2)
    async with caching(cluster, until_complete=False) as cache:
        await until(lambda: cache.error)
        assert (cache.complete, cache.stale(POD), cache.error) == (False, "not for you", "not for you")
        await asyncio.wait_for(cache.until_complete(), 30)
        assert cache.error == ""


async def test_a_discovery_that_fails_later_hurts_only_what_is_not_known(cluster):
    gadget = GroupKind("example.com", "Gadget")
    async with caching(cluster) as cache:
        cluster.fail_next("discover", Unreachable("away"), times=1000)
        await cluster.create(DEFINITIONS, {"metadata": {"name": "stir"}})
        await until(lambda: cache.stale(gadget))
        assert cache.stale(gadget) == "away"
        assert (cache.stale(POD), cache.error) == (None, "")


async def test_a_new_definition_brings_its_kind_and_its_end_takes_it_away(cluster):
    cluster.serve([PODS, DEFINITIONS])
    told = []
    async with caching(cluster, told=told) as cache:
        cluster.serve([PODS, DEFINITIONS, WIDGETS])
        mark = {"argocd.argoproj.io/tracking-id": "shop:example.com/Widget:shop/w"}
        await cluster.create(WIDGETS, {"metadata": {"name": "w", "namespace": "shop", "annotations": mark}})
        await cluster.create(DEFINITIONS, {"metadata": {"name": "widgets"}})
        await until(lambda: cache.get(ResourceKey("example.com", "Widget", "shop", "w")))
        assert cache.stale(WIDGET) is None
        assert cache.complete
        cluster.serve([PODS, DEFINITIONS])
        await cluster.delete(DEFINITIONS, "widgets")
        await until(lambda: not cache.get(ResourceKey("example.com", "Widget", "shop", "w")))
        assert cache.resource_for(WIDGET) is None
        assert {instance for each in told for instance in each.judged_by} == {"shop"}
        assert [type(each) for each in told] == [Stirred, Doubted, Stirred]


async def test_a_group_that_cannot_be_discovered_for_a_while_is_kept_and_not_trusted(cluster):
    await cluster.create(WIDGETS, {"metadata": {"name": "w", "namespace": "shop"}})
    async with caching(cluster) as cache:
        cluster.serve([PODS, DEFINITIONS, NODES], failed=["example.com/v1", "example.com/v1beta1"])
        await cluster.create(DEFINITIONS, {"metadata": {"name": "stir"}})
        await until(lambda: cache.stale(WIDGET))
        assert cache.stale(WIDGET) == "discovery of API group example.com failed"
        assert cache.get(ResourceKey("example.com", "Widget", "shop", "w"))
        assert cache.resource_for(WIDGET) == replace(WIDGETS, preferred=False)
        assert cache.stale(POD) is None


async def test_another_preferred_version_is_watched_in_its_place(cluster):
    await cluster.create(WIDGETS, {"metadata": {"name": "w", "namespace": "shop"}})
    async with caching(cluster) as cache:
        newer = replace(WIDGETS, version="v2")
        cluster.serve([PODS, DEFINITIONS, newer, replace(WIDGETS, preferred=False)])
        await cluster.create(DEFINITIONS, {"metadata": {"name": "stir"}})
        await until(lambda: cache.resource_for(WIDGET) == newer)
        await until(lambda: cache.stale(WIDGET) is None)
        assert cache.get(ResourceKey("example.com", "Widget", "shop", "w"))


async def test_our_own_write_is_seen_at_once_and_not_undone_by_older_news(cluster):
    old = await cluster.create(PODS, pod("web", spec="old"))
    async with caching(cluster) as cache:
        version = str(int(old["metadata"]["resourceVersion"]) + 50)
        newer = {**old, "spec": "new", "metadata": {**old["metadata"], "resourceVersion": version}}
        cache.note_written(newer)
        assert cache.get(key("web")).manifest()["spec"] == "new"
        await cluster.patch(PODS, "web", {"spec": "between"}, namespace="shop")
        await cluster.create(PODS, pod("later"))
        await until(lambda: cache.get(key("later")))
        assert cache.get(key("web")).manifest()["spec"] == "new"


async def test_a_write_of_what_is_not_watched_like_that_is_left_to_the_watch(cluster):
    async with caching(cluster) as cache:
        metadata = {"name": "x", "namespace": "shop", "uid": "u", "resourceVersion": "900"}
        for manifest in (
            {"apiVersion": "v1", "kind": "Event", "metadata": metadata},
            {"apiVersion": "example.com/v1beta1", "kind": "Widget", "metadata": metadata},
            {"kind": "Widget"},
        ):
            cache.note_written(manifest)
        assert cache.status().resources == 0


async def test_other_settings_change_what_is_watched_and_how_ownership_is_read(cluster):
    labels = {"labels": {"app.kubernetes.io/instance": "by-label"}}
    await cluster.create(PODS, {"metadata": {"name": "web", "namespace": "shop", **labels}})
    await cluster.create(NODES, {"metadata": {"name": "node"}})
    async with caching(cluster) as cache:
        assert cache.get(key("web")).instance == ""
        exclusions = (ResourceFilter(kinds=("Node",)),)
        cache.watch_only(Scope(SERVER, Watching(exclusions=exclusions), marks=Tracking(method="label")))
        assert cache.get(key("web")).instance == "by-label"
        await until(lambda: not cache.get(ResourceKey("", "Node", "", "node")))
        assert "resource.exclusions" in cache.stale(NODES.group_kind)
        assert cache.stale(POD) is None


async def test_a_cluster_limited_to_namespaces_is_watched_there_only(cluster):
    for namespace in ("a", "b", "c"):
        await cluster.create(PODS, pod("web", namespace=namespace))
    await cluster.create(NODES, {"metadata": {"name": "node"}})
    async with caching(cluster, scope=Scope(SERVER, namespaces=("a", "b"))) as cache:
        found = [cache.get(key("web", namespace=namespace)) is not None for namespace in ("a", "b", "c")]
        assert found == [True, True, False]
        assert cache.get(ResourceKey("", "Node", "", "node")) is None
        assert cache.stale(POD) is None
        cache.watch_only(Scope(SERVER, namespaces=("b", "c")))
        await until(lambda: cache.get(key("web", namespace="c")) and not cache.get(key("web", namespace="a")))
        assert cache.get(key("web", namespace="b"))


async def test_what_is_no_object_is_left_out_and_the_rest_is_there(cluster):
    await cluster.create(PODS, pod("good"))
    await cluster.create(PODS, {"metadata": {"name": "bad", "namespace": "shop", "labels": {"a": 5}}})
    async with caching(cluster) as cache:
        assert cache.get(key("good"))
        assert cache.get(key("bad")) is None


async def test_a_cluster_that_was_restored_from_a_backup_is_taken_as_it_is(cluster, monkeypatch):
    monkeypatch.setattr(reflectors, "_BEHIND_SECONDS", 0.0)
    await cluster.create(PODS, pod("lost"))
    kept = await cluster.create(PODS, pod("kept", spec="new"))
    async with caching(cluster) as cache:
        list_page = cluster.list_page
        metadata = {**kept["metadata"], "resourceVersion": "40"}
        old = orjson.dumps({**kept, "spec": "old", "metadata": metadata})

        async def restored(resource, **options):
            page = await list_page(resource, **options)
            return replace(page, items=(old,), resource_version="50") if resource == PODS else page

        cluster.list_page = restored
        cluster.fail_next("watch", Gone("too old"), times=5)
        cluster.drop_watches()
        await until(lambda: cache.get(key("lost")) is None)
        await until(lambda: cache.get(key("kept")) and cache.get(key("kept")).manifest()["spec"] == "old")
