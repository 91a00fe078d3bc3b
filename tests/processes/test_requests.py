"""Requests in the `operation` slot: each is carried out once, whatever is written there meanwhile."""

import asyncio
from datetime import timedelta
from typing import Any

from argosy.gateways.store.changes import ApplicationRef, OpenOperation

NEVER_READY = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "slow"},
    "spec": {
        "selector": {"matchLabels": {"app": "slow"}},
        "template": {
            "metadata": {"labels": {"app": "slow"}, "annotations": {"devcluster/behaviour": "never-ready"}},
            "spec": {"containers": [{"name": "c", "image": "nginx"}]},
        },
    },
}
BROKEN = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"ports": [{"port": 99999}]}}


async def waits(controller: Any, key: Any) -> None:
    """Wait until a sync waits for the health of its first wave."""

    async def waiting() -> bool:
        return "waiting for healthy" in (await controller.state(key)).get("message", "")

    await controller.until(waiting)


async def terminate(controller: Any, key: Any) -> None:
    await controller.patch(key, {"status": {"operationState": {"phase": "Terminating"}}})


async def test_a_second_request_is_not_lost_while_the_first_runs(controller: Any, config_map: Any) -> None:
    controller.commit(NEVER_READY, config_map("later", wave=1))
    await controller.start()
    key = await controller.create(operation={"sync": {}, "initiatedBy": {"username": "ann"}})
    await waits(controller, key)
    await controller.patch(key, {"operation": {"sync": {"dryRun": True}, "initiatedBy": {"username": "bob"}}})
    await terminate(controller, key)

    async def both() -> bool:
        return [each.requested_by for each in await controller.records(key) if each.ending] == ["bob", "ann"]

    await controller.until(both)
    state = await controller.ended(key)
    assert state["operation"]["sync"]["dryRun"] is True


async def test_requests_within_one_second_are_each_carried_out_once(controller: Any, config_map: Any) -> None:
    controller.commit(config_map("c"))
    await controller.start()
    key = await controller.create()
    await controller.synced(key, "OutOfSync")
    for count in range(1, 5):
        await controller.sync(key)
        await controller.ended(key)
        await controller.look(key)
        assert len(await controller.records(key)) == count


async def test_a_request_that_calls_itself_automated_is_carried_out_once(controller: Any, config_map: Any) -> None:
    controller.commit(config_map("c"))
    await controller.start()
    key = await controller.create(operation={"sync": {}, "initiatedBy": {"automated": True}})
    await controller.ended(key)
    await controller.look(key)
    assert len(await controller.records(key)) == 1


async def test_a_deleted_application_stops_its_sync_before_its_objects_go(controller: Any, config_map: Any) -> None:
    controller.commit(config_map("first", wave=-1), NEVER_READY, config_map("later", wave=1))
    await controller.start()
    key = await controller.create(finalizers=["resources-finalizer.argocd.argoproj.io"], operation={"sync": {}})
    await waits(controller, key)
    await controller.delete(key)

    async def gone() -> bool:
        assert await controller.config("later") is None
        return await controller.config("first") is None and controller.work.watched.raw(key) is None

    await controller.until(gone)
    (record,) = await controller.records(key)
    assert (record.ending.outcome, record.ending.message) == ("Failed", "Operation terminated")


async def test_what_a_predecessor_of_the_same_name_left_open_does_not_touch_its_successor(
    controller: Any, config_map: Any
) -> None:
    controller.commit(config_map("c"))
    key = await controller.create()
    now = controller.now()
    opened = OpenOperation(
        "0" * 32,
        ApplicationRef(controller.namespace, key.name),
        "uid-of-the-predecessor",
        "ann",
        automated=False,
        request={"sync": {}},
        started_at=now - timedelta(hours=1),
    )
    await controller.store.commit(opened, epoch=0)
    await controller.start()
    await controller.synced(key, "OutOfSync")
    await controller.look(key)
    (record,) = await controller.records(key)
    assert record.ending.outcome == "Error"
    assert await controller.state(key) == {}
    assert await controller.config("c") is None


async def test_terminating_while_a_retry_is_waited_for_ends_it_at_once(controller: Any) -> None:
    controller.commit(BROKEN)
    await controller.start()
    key = await controller.create(operation={"sync": {}, "retry": {"limit": 3, "backoff": {"duration": "1h"}}})

    async def waiting() -> bool:
        return "Retrying attempt #1" in (await controller.state(key)).get("message", "")

    await controller.until(waiting)
    await terminate(controller, key)
    state = await controller.ended(key, "Failed")
    assert state["message"] == "Operation terminated"
    await controller.look(key)
    (record,) = await controller.records(key)
    assert len(await controller.store.operations.attempts(record.id)) == 1


async def test_retries_are_counted(controller: Any) -> None:
    controller.commit(BROKEN)
    await controller.start()
    key = await controller.create(
        operation={"sync": {}, "retry": {"limit": 2, "backoff": {"duration": "10ms", "maxDuration": "10ms"}}}
    )
    state = await controller.ended(key, "Failed")
    assert state["retryCount"] == 2
    assert state["message"].endswith("(retried 2 times).")


async def test_a_sync_that_was_asked_for_while_the_cluster_is_read_waits_for_it(
    controller: Any, config_map: Any
) -> None:
    """A destination that takes longer to read than the first patience is no error of the sync."""
    controller.commit(config_map("c"))
    await controller.hold_lists()
    await controller.start()
    key = await controller.create(operation={"sync": {}})

    async def opened() -> bool:
        return bool(await controller.records(key))

    await controller.until(opened)
    await asyncio.sleep(3)
    assert await controller.state(key) == {}
    controller.release_lists()
    await controller.ended(key)


async def test_an_automated_sync_that_ends_in_error_is_not_started_again(controller: Any, config_map: Any) -> None:
    controller.commit(config_map("c"))
    controller.break_plans()
    await controller.start()
    key = await controller.create(syncPolicy={"automated": {}})
    state = await controller.ended(key, "Error")
    assert "internal error" in state["message"]
    for _ in range(3):
        await controller.look(key)
    assert len(await controller.records(key)) == 1
    found = await controller.get(key)
    assert [each["type"] for each in found["status"]["conditions"]] == ["SyncError"]


async def test_hooks_are_left_out_and_the_result_says_so(controller: Any, config_map: Any) -> None:
    hook = config_map("before")
    hook["metadata"]["annotations"]["argocd.argoproj.io/hook"] = "PreSync"
    controller.commit(config_map("c"), hook)
    await controller.start()
    key = await controller.create(operation={"sync": {}})
    results = (await controller.ended(key))["syncResult"]["resources"]
    told = {each["name"]: (each.get("hookType"), each["message"]) for each in results}
    assert told["before"] == ("PreSync", "hooks are not run yet: this one was left out")
    assert await controller.config("before") is None
