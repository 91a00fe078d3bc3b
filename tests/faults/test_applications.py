"""What an application comes to when its destination misbehaves: Unknown with the reason, nothing pruned, nothing twice.

Each ends as a run without faults does (INV-2, INV-3).
"""

import asyncio
import itertools

import orjson
import pytest

from argosy.engine.model.resource import GroupKind
from tests.faults.conftest import CONFIG_MAPS
from tests.faults.script import BreakWatch, Delay, EndWatch, Hold, LoseReply, On, Recall, Refuse, Rewrite

CONFIG_MAP, SECRET = GroupKind("", "ConfigMap"), GroupKind("", "Secret")
WATCH = On("watch", "configmaps")


def stale_core(document):
    """Return a discovery in which the core group could not be read."""
    for each in document.get("items", ()):
        if not each["metadata"].get("name"):
            for version in each["versions"]:
                version |= {"freshness": "Stale", "resources": []}
    return document


TROUBLES = {
    "f_020 too many requests": ((On(resource="configmaps"), Refuse(429, reason="TooManyRequests", retry_after=1)),),
    "f_021 a kind that answers 500": ((On("list", "configmaps"), Refuse(500)), (WATCH, BreakWatch(410))),
    "f_024 a watch that is gone and a list that fails": (
        (On("list", "configmaps"), Refuse(410, reason="Expired")),
        (WATCH, BreakWatch(410)),
    ),
    "f_028 a server that is behind": ((On("list", "configmaps"), Recall()), (WATCH, BreakWatch(410))),
    "f_030 a token that is not good any more": ((On(resource="configmaps"), Refuse(401, reason="Unauthorized")),),
    "f_030 a role that was narrowed": ((On(resource="configmaps"), Refuse(403, reason="Forbidden")),),
}


async def code(controller, key):
    return (await controller.get(key)).get("status", {}).get("sync", {}).get("status")


async def settled(remote, config_map):
    """Return an application with two objects, synced."""
    remote.controller.commit(config_map("kept"), config_map("gone"))
    await remote.start()
    key = await remote.create()
    await remote.controller.synced(key)
    return key


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_f_020_to_f_030_nothing_is_pruned_on_what_is_not_certain(remote, config_map, trouble):
    controller = remote.controller
    key = await settled(remote, config_map)
    before = len(remote.writes())
    rules = [remote.proxy.script(on, fault) for on, fault in TROUBLES[trouble]]
    if not any(isinstance(rule.fault, BreakWatch) for rule in rules):
        remote.proxy.script(WATCH, EndWatch(), times=1)
    await controller.until(_said(lambda: remote.cache.stale(CONFIG_MAP)))
    controller.commit(config_map("kept"))
    await controller.look(key)
    found = await controller.get(key)
    assert "delete configmaps/gone" not in remote.writes()[before:]
    objects = {each["name"]: each.get("status") for each in found["status"]["resources"]}
    assert set(objects.values()) == {"Unknown"}
    assert found["status"]["sync"]["status"] == "Unknown"
    assert await controller.config("gone")
    for rule in rules:
        rule.lift()
    # What was removed in Git is removed now, and nothing else was touched meanwhile.
    await controller.until(_gone(controller, "gone"))
    await controller.synced(key)
    assert await controller.config("kept")
    assert remote.writes()[before:] == ["delete configmaps/gone"]


def _said(condition):
    async def so():
        return condition()

    return so


def _gone(controller, name):
    async def so():
        return await controller.config(name) is None

    return so


async def test_f_029_of_a_group_that_cannot_be_discovered_nothing_is_pruned(remote, config_map):
    controller = remote.controller
    key = await settled(remote, config_map)
    before = len(remote.writes())
    failing = remote.proxy.script(On("discover"), Rewrite(stale_core))
    remote.cache.watch_only(remote.cache._scope)
    await controller.until(_said(lambda: remote.cache.stale(CONFIG_MAP)))
    controller.commit(config_map("kept"))
    await controller.look(key)
    assert await code(controller, key) == "Unknown"
    assert remote.writes()[before:] == []
    failing.lift()
    remote.cache.watch_only(remote.cache._scope)
    await controller.until(_gone(controller, "gone"))
    await controller.synced(key)
    assert remote.writes()[before:] == ["delete configmaps/gone"]


async def test_f_030_while_a_cluster_is_away_nothing_is_said_to_be_missing(remote, config_map):
    controller = remote.controller
    key = await settled(remote, config_map)
    before = len(remote.writes())
    await remote.proxy.go_away()
    await controller.until(_said(lambda: remote.cache.error))
    controller.commit(config_map("kept"))
    await controller.look(key)
    conditions = (await controller.get(key))["status"].get("conditions", [])
    assert any("cannot be read" in each["message"] for each in conditions)
    statuses = {each.get("status") for each in (await controller.get(key))["status"]["resources"]}
    assert "OutOfSync" not in statuses
    await remote.proxy.come_back()
    await controller.until(_gone(controller, "gone"))
    await controller.synced(key)
    assert remote.writes()[before:] == ["delete configmaps/gone"]
    assert not (await controller.get(key))["status"].get("conditions")


async def test_f_031_before_the_first_list_has_come_nothing_is_compared(remote, config_map):
    controller = remote.controller
    slow = remote.proxy.script(On("list", "configmaps"), Hold())
    controller.commit(config_map("new"))
    await remote.start()
    key = await remote.create()
    await controller.until(_said(lambda: slow.hits and remote.cache.stale(SECRET) is None))
    assert not remote.cache.complete
    assert await code(controller, key) in (None, "Unknown")
    assert remote.writes() == []
    slow.lift()
    await controller.synced(key)
    assert await controller.config("new")


async def test_f_022_an_apply_whose_answer_is_lost_is_found_and_not_done_twice(remote, config_map):
    controller = remote.controller
    controller.commit(config_map("c"))
    await remote.start()
    lost = remote.proxy.script(On("apply", "configmaps"), LoseReply(), times=1)
    key = await remote.create()
    await controller.synced(key)
    assert lost.hits == 1
    fields = (await controller.config("c"))["metadata"]["managedFields"]
    assert [each["manager"] for each in fields] == ["argocd-controller"]
    first = orjson.dumps(await controller.config("c"))
    await controller.look(key)
    assert orjson.dumps(await controller.config("c")) == first


async def test_f_022_a_hook_whose_answer_is_lost_is_created_once(remote, config_map):
    controller = remote.controller
    hook = config_map("unused")
    hook["metadata"] = {"generateName": "hook-", "annotations": {"argocd.argoproj.io/hook": "PreSync"}}
    controller.commit(hook, config_map("c"))
    await remote.start()
    remote.proxy.script(On("create", "configmaps"), LoseReply(), times=1)
    remote.proxy.script(On("apply", "configmaps"), LoseReply(), times=1)
    key = await remote.create()

    async def over():
        state = await controller.state(key)
        return state if state.get("phase") in ("Succeeded", "Failed", "Error") else None

    ended = await controller.until(over)
    page = await controller.cluster.list_page(CONFIG_MAPS, namespace=controller.namespace)
    hooks = [each for each in map(orjson.loads, page.items) if each["metadata"]["name"].startswith("hook-")]
    assert len(hooks) <= len(await controller.records(key)), ended


async def test_f_021_an_apply_that_fails_for_a_moment_is_tried_again_by_the_automation(remote, config_map):
    controller = remote.controller
    controller.commit(config_map("c"))
    await remote.start()
    failing = remote.proxy.script(On("apply", "configmaps"), Refuse(503), times=1)
    key = await remote.create()
    await controller.synced(key)
    assert failing.hits == 1
    assert await controller.config("c")


@pytest.mark.parametrize("on", [On("apply", "configmaps"), On("patch", "applications")], ids=["apply", "status"])
async def test_f_023_a_conflict_is_read_again_and_tried_again(behind, config_map, on):
    behind.controller.commit(config_map("c"))
    await behind.controller.start()
    conflict = behind.proxy.script(on, Refuse(409, reason="Conflict"), times=2)
    key = await behind.controller.create(syncPolicy={"automated": {}})
    await behind.controller.ended(key)
    await behind.controller.synced(key)
    assert conflict.hits == 2
    assert await behind.controller.config("c")


async def test_f_023_a_conflict_about_a_finalizer_keeps_no_application_for_ever(behind, config_map):
    controller = behind.controller
    controller.commit(config_map("c"))
    await controller.start()
    finalizers = ["resources-finalizer.argocd.argoproj.io"]
    key = await controller.create(syncPolicy={"automated": {}}, finalizers=finalizers)
    await controller.synced(key)
    conflict = behind.proxy.script(On("patch", "applications"), Refuse(409, reason="Conflict"), times=2)
    await controller.delete(key)
    await controller.gone(key)
    assert conflict.hits == 2
    assert await controller.config("c") is None


async def test_f_052_a_commit_that_empties_an_application_prunes_nothing_by_itself(remote, config_map):
    controller = remote.controller
    key = await settled(remote, config_map)
    before = len(remote.writes())
    controller.commit()
    await controller.look(key)
    conditions = (await controller.get(key))["status"]["conditions"]
    assert [each["message"] for each in conditions] == ["auto-sync will wipe out all resources"]
    assert remote.writes()[before:] == []
    assert await controller.config("kept")


async def test_f_054_a_fight_over_a_field_slows_down_instead_of_going_on_for_ever(remote, config_map):
    controller = remote.controller
    controller.commit(config_map("c", text="ours"))
    await remote.start()
    key = await remote.create()
    await controller.synced(key)

    async def rival():
        """Change the field back whenever we have won."""
        theirs = {"data": {"text": "theirs"}}
        while True:
            if ((await controller.config("c")) or {}).get("data") == {"text": "ours"}:
                await controller.cluster.patch(CONFIG_MAPS, "c", theirs, namespace=controller.namespace)
            await asyncio.sleep(0.02)

    fighting = asyncio.create_task(rival())

    async def healed():
        counted = (await controller.state(key)).get("operation", {}).get("sync", {}).get("autoHealAttemptsCount", 0)
        return counted >= 2

    await controller.until(healed)
    fighting.cancel()
    await asyncio.wait([fighting])
    times = [each.at for each in remote.proxy.seen("apply", "configmaps") if "dryRun" not in each.query]
    pauses = [after - before for before, after in itertools.pairwise(times)]
    # The first answer comes at once; then the pauses grow, from two seconds on, counted from a full second.
    assert len(times) <= 4
    assert pauses[-1] >= 1.0


async def test_f_035_a_slow_cluster_keeps_no_other_waiting(remote, config_map):
    controller = remote.controller
    controller.commit(config_map("c"))
    slow = remote.proxy.script(On(), Delay(20.0))
    await remote.start()
    far = await remote.create(name="far")
    near = await controller.create("near", syncPolicy={"automated": {}})
    await controller.synced(near)
    assert slow.hits
    assert await code(controller, far) in (None, "Unknown")
    slow.lift()
