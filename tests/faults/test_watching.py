"""What the live cache makes of an API server that misbehaves: it ends up equal to it, and is never sure too early."""

import itertools

import aiohttp
import pytest

from app_controller.observe import audit
from argosy.engine.model.resource import GroupKind, ResourceKey
from argosy.gateways.kubernetes import transport
from tests.faults.conftest import CONFIG_MAPS, QUICK
from tests.faults.script import (
    BreakWatch,
    Cut,
    EndWatch,
    Hold,
    LoseEvents,
    On,
    Recall,
    Refuse,
    RepeatEvents,
    ReplayEvents,
    Rewrite,
    SwapEvents,
)

CONFIG_MAP, SECRET = GroupKind("", "ConfigMap"), GroupKind("", "Secret")
LIST, WATCH = On("list", "configmaps"), On("watch", "configmaps")


@pytest.mark.parametrize("retry_after", [1, None])
async def test_f_020_too_many_requests_are_waited_out(stage, retry_after):
    stage.proxy.script(LIST, Refuse(429, reason="TooManyRequests", retry_after=retry_after), times=2)
    async with stage.caching() as cache:
        assert cache.stale(SECRET) is None
        await stage.until(lambda: cache.stale(CONFIG_MAP) is None)
        first, second, third, *_ = (each.at for each in stage.proxy.seen("list", "configmaps"))
        # A server that does not say for how long means a second.
        assert min(second - first, third - second) >= 1.0


async def test_f_020_when_it_is_over_nothing_is_asked_more_often_than_before(stage):
    storm = stage.proxy.script(On("list"), Refuse(429, reason="TooManyRequests", retry_after=1), every=3)
    async with stage.caching() as cache:
        await stage.until(
            lambda: all(cache.stale(GroupKind("", kind)) is None for kind in ("ConfigMap", "Secret", "Service"))
        )
        assert stage.proxy.count("list") - storm.hits <= 5  # three kinds, and one or two that were wanted whole
        assert stage.proxy.count("watch") <= 5


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_f_021_a_server_that_fails_for_one_kind_hurts_only_that(stage, status):
    failing = stage.proxy.script(LIST, Refuse(status, message="conversion webhook failed"))
    async with stage.caching() as cache:
        await stage.until(lambda: failing.hits >= 2)
        assert "conversion webhook failed" in cache.stale(CONFIG_MAP)
        assert cache.stale(SECRET) is None
        assert cache.error == ""
        failing.lift()
        await stage.until(lambda: cache.stale(CONFIG_MAP) is None)


async def test_f_024_a_version_that_is_gone_is_listed_again(stage):
    await stage.put("one")
    async with stage.caching() as cache:
        lists = stage.proxy.count("list", "configmaps")
        stage.proxy.script(WATCH, BreakWatch(410), times=1)
        await stage.put("two")
        await stage.until(lambda: stage.proxy.count("list", "configmaps") > lists)
        await stage.same(cache)


async def test_f_024_a_list_that_breaks_in_the_middle_is_never_taken_for_the_whole(stage):
    names = [f"page-{number:04}" for number in range(510)]
    for name in names:
        await stage.put(name)
    gone = stage.proxy.script(On("list", "configmaps", continued=True), Refuse(410, reason="Expired"), times=2)
    async with stage.caching(until_complete=False) as cache:
        await stage.until(lambda: gone.hits == 1 and cache.stale(CONFIG_MAP))
        assert not stage.held(cache)
        await stage.same(cache)
        assert gone.hits == 2


async def test_f_025_a_watch_that_ends_after_every_event_misses_none(stage):
    ending = stage.proxy.script(WATCH, EndWatch(after=1))
    async with stage.caching() as cache:
        for number in range(5):
            before = ending.hits
            await stage.put("one", number=str(number))
            await stage.until(lambda before=before: ending.hits > before)
        await stage.same(cache)
        lists = {each.query.get("continue", "") for each in stage.proxy.seen("list", "configmaps")}
        assert lists == {""}
        # One when it was not known that nobody manages them, and none because a watch had ended.
        assert stage.proxy.count("list", "configmaps") <= 2


async def test_f_025_a_watch_that_ends_at_once_is_asked_for_in_peace(stage):
    ending = stage.proxy.script(WATCH, EndWatch())
    async with stage.caching():
        await stage.until(lambda: ending.hits >= 8)
        watches = [each.at for each in stage.proxy.seen("watch", "configmaps")]
        pauses = [after - before for before, after in itertools.pairwise(watches)]
        assert min(pauses[3:]) >= QUICK.most / 2


async def test_f_025_a_watch_that_is_cut_in_the_middle_of_an_event_goes_on(stage):
    async with stage.caching() as cache:
        await stage.put("one")
        cut = stage.proxy.script(WATCH, Cut(), times=2)
        await stage.put("one", again="1")
        await stage.until(lambda: cut.hits == 2)
        await stage.same(cache)


async def test_f_025_a_watch_of_bookmarks_alone_is_up(stage):
    async with stage.caching() as cache:
        stage.proxy.script(WATCH, LoseEvents())
        await stage.until(lambda: cache.stale(CONFIG_MAP) is None)
        assert cache.stale(SECRET) is None


async def test_f_026_a_watch_that_stalls_is_noticed_and_not_trusted(stage, monkeypatch):
    monkeypatch.setattr(transport, "_WATCH", aiohttp.ClientTimeout(total=None, sock_read=1.5))
    async with stage.caching() as cache:
        await stage.put("one")
        await stage.same(cache)
        stall = stage.proxy.script(WATCH, Hold())
        await stage.put("one", later="1")
        await stage.until(lambda: cache.stale(CONFIG_MAP))
        assert "fallen silent" in cache.stale(CONFIG_MAP)
        stall.lift()
        await stage.same(cache)


def test_f_026_a_stalled_watch_is_noticed_within_a_minute():
    assert transport.timeout_of("watch").sock_read <= 55


@pytest.mark.parametrize("trick", [RepeatEvents(), SwapEvents(), ReplayEvents(), LoseEvents()])
async def test_f_027_events_that_are_repeated_reordered_replayed_or_lost_do_no_lasting_harm(stage, monkeypatch, trick):
    monkeypatch.setattr(audit, "ROUND_SECONDS", 0.3)
    monkeypatch.setattr(audit, "_GRACE", 0.3)
    await stage.put("old")
    async with stage.caching() as cache:
        tricked = stage.proxy.script(WATCH, trick)
        for number in range(3):
            await stage.put(f"new-{number}")
            await stage.put("old", number=str(number))
        await stage.delete("new-1")
        await stage.until(lambda: tricked.hits >= 1)
        tricked.lift()
        await stage.same(cache)


async def test_f_028_a_list_from_a_server_that_is_behind_is_refused(stage):
    async with stage.caching() as cache:
        await stage.put("one")
        await stage.same(cache)
        behind = stage.proxy.script(LIST, Recall())
        stage.proxy.script(WATCH, BreakWatch(410), times=1)
        await stage.until(lambda: "the server is behind" in (cache.stale(CONFIG_MAP) or ""))
        assert "one" in stage.held(cache)
        behind.lift()
        await stage.same(cache)


async def test_f_028_what_we_wrote_is_not_forgotten_for_an_older_state(stage):
    await stage.put("ours")
    key = ResourceKey("", "ConfigMap", stage.namespace, "ours")
    async with stage.caching() as cache:
        late = stage.proxy.script(WATCH, SwapEvents())
        between = {"data": {"number": "1"}}
        await stage.cluster.patch(CONFIG_MAPS, "ours", between, namespace=stage.namespace)
        written = await stage.cluster.patch(CONFIG_MAPS, "ours", {"data": {"number": "2"}}, namespace=stage.namespace)
        cache.note_written(written)
        await stage.until(lambda: late.hits)
        assert cache.get(key).resource_version == written["metadata"]["resourceVersion"]


async def test_f_029_a_group_that_cannot_be_discovered_is_doubted_alone(stage):
    async with stage.caching() as cache:
        jobs = GroupKind("batch", "Job")
        failing = stage.proxy.script(On("discover"), Rewrite(lambda found: _stale(found, "batch")))
        cache.watch_only(cache._scope)  # what a definition that changes does: it is discovered again
        await stage.until(lambda: cache.stale(jobs) == "discovery of API group batch failed")
        assert cache.resource_for(jobs) is not None
        assert cache.stale(CONFIG_MAP) is None
        failing.lift()
        cache.watch_only(cache._scope)
        await stage.until(lambda: "discovery" not in (cache.stale(jobs) or ""))


def _stale(document, group):
    for each in document.get("items", ()):
        if each["metadata"].get("name") == group:
            for version in each["versions"]:
                version |= {"freshness": "Stale", "resources": []}
    return document


async def test_f_030_a_cluster_that_goes_away_is_unknown_and_comes_back_whole(stage):
    await stage.put("one")
    async with stage.caching() as cache:
        await stage.proxy.go_away()
        await stage.until(lambda: cache.error)
        assert "one" in stage.held(cache)
        assert cache.stale(CONFIG_MAP)
        await stage.delete("one")
        await stage.put("two")
        await stage.proxy.come_back()
        await stage.same(cache)
        assert cache.error == ""


@pytest.mark.parametrize(("status", "reason"), [(401, "Unauthorized"), (403, "Forbidden")])
async def test_f_030_credentials_that_are_not_good_any_more_forget_nothing(stage, status, reason):
    await stage.put("one")
    async with stage.caching() as cache:
        refused = stage.proxy.script(On(resource="configmaps"), Refuse(status, reason=reason, message="not you"))
        stage.proxy.script(WATCH, EndWatch(), times=1)
        await stage.until(lambda: "not you" in (cache.stale(CONFIG_MAP) or ""))
        assert "one" in stage.held(cache)
        assert cache.stale(SECRET) is None
        refused.lift()
        await stage.same(cache)


async def test_f_030_what_may_not_be_read_any_more_is_left_out_and_doubted(stage):
    await stage.put("one")
    async with stage.caching(respect_rbac="normal") as cache:
        stage.proxy.script(On(resource="configmaps"), Refuse(403, reason="Forbidden", message="not you"))
        stage.proxy.script(WATCH, EndWatch(), times=1)
        await stage.until(lambda: "resource.respectRBAC" in (cache.stale(CONFIG_MAP) or ""))
        assert "one" in stage.held(cache)


async def test_f_031_nothing_is_complete_before_the_first_list_has_come(stage):
    slow = stage.proxy.script(LIST, Hold())
    async with stage.caching(until_complete=False) as cache:
        await stage.until(lambda: slow.hits and cache.stale(SECRET) is None)
        assert not cache.complete
        assert cache.stale(CONFIG_MAP) == "ConfigMap has not been listed yet"
        slow.lift()
        await cache.until_complete()
        await stage.until(lambda: cache.stale(CONFIG_MAP) is None)
