"""The live state of a real cluster: what controllers make of an apply, new kinds, and what a settled cache asks."""

import asyncio
from contextlib import suppress

import pytest

from app_controller.observe.cache import ClusterCache
from app_controller.observe.detail import BARE
from app_controller.observe.scope import Scope
from argosy.engine.model.resource import GroupKind, ResourceKey
from argosy.gateways.clock import SystemClock
from argosy.gateways.kubernetes import connect

DEPLOYMENT = GroupKind("apps", "Deployment")
POD = GroupKind("", "Pod")


class Told:
    """A listener that a test can wait for."""

    def __init__(self):
        self.instances = set()
        self._news = asyncio.Event()

    def __call__(self, news):
        self.instances |= news.judged_by
        self._news.set()

    async def until(self, condition):
        async with asyncio.timeout(60):
            while not condition():
                self._news.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), 0.2)


@pytest.fixture
async def cluster(control_plane):
    opened = connect.from_kubeconfig(control_plane.kubeconfig)
    yield opened
    await opened.close()


@pytest.fixture
async def told():
    return Told()


@pytest.fixture
async def cache(cluster, told):
    kept = ClusterCache(cluster, Scope("https://kubernetes.default.svc"), SystemClock(), changed=told)
    task = asyncio.create_task(kept.run())
    async with asyncio.timeout(60):
        await kept.until_complete()
    yield kept
    task.cancel()
    await asyncio.wait([task])


def deployment(namespace):
    labels = {"app": "web"}
    mark = f"shop:apps/Deployment:{namespace}/web"
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "web",
            "namespace": namespace,
            "annotations": {"argocd.argoproj.io/tracking-id": mark},
        },
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "web", "image": "example.com/web:1"}]},
            },
        },
    }


async def test_an_apply_is_seen_at_once_and_its_tree_grows(cache, cluster, told, namespace):
    key = ResourceKey("apps", "Deployment", namespace, "web")
    applied = await cluster.apply(cache.resource_for(DEPLOYMENT), deployment(namespace))
    cache.note_written(applied)
    seen = cache.get(key).manifest()["metadata"]
    # The watch may have brought a newer one by now.
    assert seen["uid"] == applied["metadata"]["uid"]
    assert int(seen["resourceVersion"]) >= int(applied["metadata"]["resourceVersion"])

    def pods():
        owned = [live for live in cache.in_namespace(namespace) if live.key.kind == "Pod"]
        return [live for live in owned if key in cache.owners(live.key)]

    await told.until(lambda: len(pods()) == 2)
    assert "shop" in told.instances
    assert {instance for live in pods() for instance in cache.root_instances(live.key)} == {"shop"}
    (replica_set,) = cache.children(cache.get(key).uid)
    assert replica_set.key.kind == "ReplicaSet"
    await cluster.delete(cache.resource_for(DEPLOYMENT), "web", namespace=namespace)
    await told.until(lambda: not pods() and cache.get(key) is None)


async def test_every_kind_is_watched_and_trusted_but_for_those_that_say_why_not(cache):
    assert cache.error == ""
    # Other tests may be defining kinds of their own at this moment.
    built_in = [each for each in cache.api_resources if "." not in each.group or each.group.endswith(".k8s.io")]
    for resource in built_in:
        if resource.preferred:
            watched = resource.verbs >= {"list", "watch"} and resource.kind not in ("Event", "Lease")
            assert (cache.stale(resource.group_kind) is None) == watched, resource
    assert {"v1", "v1/Pod", "apps/v1/Deployment"} <= set(cache.api_versions)
    assert cache.server_version.startswith("v1.")


async def test_a_settled_cache_has_asked_for_nothing_but_a_list_and_a_watch_of_each_kind(cache, cluster):
    asked = {verb: {resource for each, resource in cluster.requests if each == verb} for verb in ("list", "watch")}
    assert len(asked["list"]) >= cache.status().kinds > 50
    assert asked["list"] == asked["watch"]
    # The documents of the schemas are no resource of any kind.
    assert {resource for verb, resource in cluster.requests if verb not in ("list", "watch")} == {""}
    counts = {key: count for key, count in cluster.requests.items() if key[0] in ("list", "watch")}
    # Of a kind that is read as metadata until something is managed, a second time if another test manages something.
    twice = {resource.partition(".")[0] for (_, resource), count in counts.items() if count > 1}
    assert twice <= {f"{kind.kind.lower()}s" for kind in BARE}
    assert max(counts.values()) <= 2


async def test_a_kind_that_is_defined_while_we_watch_is_watched_too(cache, cluster, told, namespace):
    group = f"{namespace}.example.com"
    kind = GroupKind(group, "Widget")
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    definitions = cache.resource_for(GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"))
    await cluster.apply(
        definitions,
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"widgets.{group}"},
            "spec": {
                "group": group,
                "scope": "Namespaced",
                "names": {"plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"},
                "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
            },
        },
    )
    try:
        await told.until(lambda: cache.resource_for(kind) is not None and cache.stale(kind) is None)
        metadata = {"name": "w", "namespace": namespace}
        await cluster.apply(
            cache.resource_for(kind), {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": metadata}
        )
        key = ResourceKey(group, "Widget", namespace, "w")
        await told.until(lambda: cache.get(key) is not None)
    finally:
        await cluster.delete(definitions, f"widgets.{group}")
    await told.until(lambda: cache.resource_for(kind) is None)
    assert cache.get(key) is None
    assert cache.stale(POD) is None
