"""Kinds that no rule reads are watched as metadata until an application manages one of their objects."""

import pytest

from app_controller.observe.objects import Stirred
from argosy.engine.model.resource import ResourceKey
from argosy.gateways.kubernetes.errors import Unreachable
from argosy.gateways.kubernetes.memory import MemoryCluster
from argosy.gateways.kubernetes.port import ApiResource

VERBS = frozenset({"get", "list", "watch"})
PODS = ApiResource("", "v1", "Pod", "pods", namespaced=True, verbs=VERBS)
SECRETS = ApiResource("", "v1", "Secret", "secrets", namespaced=True, verbs=VERBS)
SECRET = ResourceKey("", "Secret", "shop", "token")


@pytest.fixture
def cluster():
    made = MemoryCluster([PODS, SECRETS])
    made.shapes = []
    list_page = made.list_page

    async def noted(resource, **options):
        made.shapes.append((resource.plural, options.get("shape")))
        return await list_page(resource, **options)

    made.list_page = noted
    return made


def secret(name="token", *, mark=""):
    metadata = {"name": name, "namespace": "shop"}
    if mark:
        metadata["annotations"] = {"argocd.argoproj.io/tracking-id": f"{mark}:/Secret:shop/{name}"}
    return {"metadata": metadata, "data": {"a": "b"}}


async def test_a_kind_that_nothing_manages_is_watched_as_metadata_alone(cluster, caching):
    await cluster.create(SECRETS, secret())
    async with caching(cluster) as cache:
        assert set(cluster.shapes) == {("pods", "whole"), ("secrets", "metadata")}
        assert cache.get(SECRET).detail == "bare"
        assert cache.doubt(SECRET) is None


async def test_a_kind_of_which_something_is_marked_is_complete_only_when_it_was_listed_whole(cluster, caching):
    await cluster.create(SECRETS, secret(mark="shop"))
    await cluster.create(SECRETS, secret("another"))
    async with caching(cluster) as cache:
        assert cache.get(SECRET).manifest()["data"] == {"a": "b"}
        assert cache.doubt(SECRET) is None
        assert cluster.shapes.count(("secrets", "metadata")) == 1
        assert cluster.shapes.count(("secrets", "whole")) == 1
        # What is nobody's is not kept whole for that.
        assert cache.get(SECRET._replace(name="another")).detail == "bare"


async def test_what_is_wanted_is_had_whole_at_once_and_stays_so(cluster, caching, until):
    await cluster.create(SECRETS, secret())
    async with caching(cluster) as cache:
        await cache.want("shop", {SECRET})
        assert cache.get(SECRET).manifest()["data"] == {"a": "b"}
        assert cache.doubt(SECRET) is None
        await cluster.patch(SECRETS, "token", {"data": {"a": "c"}}, namespace="shop")
        await until(lambda: cache.get(SECRET).detail == "whole" and cache.get(SECRET).manifest()["data"] == {"a": "c"})
        assert ("secrets", "whole") in cluster.shapes


async def test_what_is_wanted_and_cannot_be_had_whole_is_doubted(cluster, caching, until):
    await cluster.create(SECRETS, secret())
    told = []
    async with caching(cluster, told=told) as cache:
        cluster.fail_next("get", Unreachable("away"))
        await cache.want("shop", {SECRET})
        assert cache.doubt(SECRET) == "Secret:shop/token has not been read as a whole yet"
        # The next change of anything of that kind has it tried again.
        await cluster.create(SECRETS, secret("another"))
        await until(lambda: cache.doubt(SECRET) is None)
        stirred = [each for each in told if isinstance(each, Stirred)]
        assert stirred[-1].judged_by == {"shop"}


async def test_what_appears_with_a_mark_is_doubted_until_it_was_read_whole(cluster, caching, until):
    async with caching(cluster) as cache:
        await cluster.create(SECRETS, secret(mark="shop"))
        await until(lambda: cache.get(SECRET))
        await until(lambda: cache.doubt(SECRET) is None)
        assert cache.get(SECRET).manifest()["data"] == {"a": "b"}


async def test_an_object_can_be_read_as_a_whole_for_once(cluster, caching):
    await cluster.create(SECRETS, secret())
    async with caching(cluster) as cache:
        assert (await cache.read(SECRET))["data"] == {"a": "b"}
        assert cache.get(SECRET).detail == "bare"
        assert await cache.read(SECRET._replace(name="nobody")) is None
        cluster.fail_next("get", Unreachable("away"))
        with pytest.raises(Unreachable):
            await cache.read(SECRET)
