"""`resource.respectRBAC`: what is done about kinds that we may not read (3.34)."""

from dataclasses import replace

import pytest

from app_controller.observe import cache as caches
from app_controller.observe.scope import Scope
from argosy.engine.settings import Watching
from argosy.gateways.kubernetes.errors import Unreachable
from argosy.gateways.kubernetes.memory import MemoryCluster
from argosy.gateways.kubernetes.port import ApiResource

VERBS = frozenset({"get", "list", "watch"})
PODS = ApiResource("", "v1", "Pod", "pods", namespaced=True, verbs=VERBS)
JOBS = ApiResource("batch", "v1", "Job", "jobs", namespaced=True, verbs=VERBS)
LEFT_OUT = "(left out because of resource.respectRBAC in argocd-cm)"


def scope(mode):
    return Scope("https://memory", Watching(respect_rbac=mode))


class Counted(MemoryCluster):
    """Counts how often a kind was listed."""

    def __init__(self):
        super().__init__([PODS, JOBS])
        self.lists = {}

    async def list_page(self, resource, **options):
        self.lists[resource.plural] = self.lists.get(resource.plural, 0) + 1
        return await super().list_page(resource, **options)


@pytest.fixture
def cluster():
    made = Counted()
    made.forbid("list", JOBS)
    return made


async def test_3_34_by_default_a_kind_that_may_not_be_read_is_tried_again_and_again(cluster, caching, until):
    async with caching(cluster, scope=scope("")) as cache:
        assert cache.complete
        await until(lambda: cluster.lists["jobs"] > 3)
        assert cache.stale(JOBS.group_kind) == "list jobs on https://memory: not permitted"
        assert cache.stale(PODS.group_kind) is None
        cluster.permit("list", JOBS)
        await until(lambda: cache.stale(JOBS.group_kind) is None)


@pytest.mark.parametrize("mode", ["normal", "strict"])
async def test_3_34_a_kind_that_may_not_be_read_is_left_out_and_never_trusted(cluster, caching, mode):
    async with caching(cluster, scope=scope(mode)) as cache:
        assert cache.complete
        assert cache.stale(JOBS.group_kind) == f"list jobs on https://memory: not permitted {LEFT_OUT}"
        assert cache.stale(PODS.group_kind) is None
        assert cache.error == ""
        assert cluster.lists["jobs"] == 1


async def test_3_34_a_watch_that_is_forbidden_is_a_denial_too(cluster, caching, until):
    cluster.permit("list", JOBS)
    cluster.forbid("watch", JOBS)
    async with caching(cluster, scope=scope("normal")) as cache:
        await until(lambda: (cache.stale(JOBS.group_kind) or "").endswith(LEFT_OUT))


async def test_3_34_strict_asks_before_it_believes_a_denial(cluster, caching, until, monkeypatch):
    monkeypatch.setattr("app_controller.observe.watching._AFTER_BUG_SECONDS", 0.0)

    async def may(verb, resource, *, namespace=""):
        return True

    cluster.may = may
    async with caching(cluster, scope=scope("strict")) as cache:
        await until(lambda: cluster.lists["jobs"] > 3)
        assert cache.stale(JOBS.group_kind) == "list jobs on https://memory: not permitted"
        cluster.fail_next("review", Unreachable("away"))
        cluster.permit("list", JOBS)
        await until(lambda: cache.stale(JOBS.group_kind) is None)


async def test_3_34_what_was_denied_is_tried_again_now_and_then(cluster, caching, until, monkeypatch):
    monkeypatch.setattr(caches, "_LOOK_SECONDS", 0.05)
    async with caching(cluster, scope=scope("normal")) as cache:
        assert cache.stale(JOBS.group_kind).endswith(LEFT_OUT)
        cluster.permit("list", JOBS)
        await until(lambda: cache.stale(JOBS.group_kind) is None)


async def test_3_34_another_setting_has_what_was_denied_tried_again(cluster, caching, until):
    async with caching(cluster, scope=scope("normal")) as cache:
        cluster.permit("list", JOBS)
        cache.watch_only(scope(""))
        await until(lambda: cache.stale(JOBS.group_kind) is None)


async def test_3_35_in_some_namespaces_only_what_is_denied_there_is_left_out(cluster, caching):
    async with caching(cluster, scope=replace(scope("strict"), namespaces=("a", "b"))) as cache:
        assert cluster.lists == {"pods": 2, "jobs": 2}
        assert cache.stale(JOBS.group_kind).endswith(LEFT_OUT)
