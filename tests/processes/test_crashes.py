"""A sync is killed before each of its writes, one after the other; it goes on and ends once."""

from typing import Any

from argosy.gateways.store.changes import ApplicationRef

REQUEST = {"initiatedBy": {"username": "ann"}, "sync": {}, "info": [{"name": "n", "value": "v"}]}


async def test_wherever_it_is_killed_a_sync_ends_once(controller: Any, config_map: Any) -> None:
    controller.commit(config_map("first"), config_map("second", wave=1))
    crashes, whole = 0, False
    while not whole:
        await controller.start()
        key = await controller.create(f"app{crashes}", operation=REQUEST)
        controller.fuse.set(crashes)
        whole = await _ends_unharmed(controller, key)
        if not whole:
            await controller.kill()
            await controller.start()
        state = await controller.ended(key)
        await controller.look(key)
        (record,) = await controller.records(key)
        assert record.ending.outcome == "Succeeded"
        found = await controller.get(key)
        assert state["message"].startswith("successfully synced"), (crashes, state)
        assert [each["id"] for each in found["status"]["history"]] == [0], crashes
        await controller.look(key)
        assert len(await controller.records(key)) == 1, crashes
        ref = ApplicationRef(controller.namespace, key.name)
        assert await controller.store.history.last_id(ref, application_uid=found["metadata"]["uid"]) == 0
        await controller.kill()
        await controller.delete(key)
        crashes += 1
    assert crashes > 8


async def _ends_unharmed(controller: Any, key: Any) -> bool:
    """Wait for the end of the sync or of the controller; return whether it was the former."""

    async def over() -> str:
        found = await controller.get(key)
        if controller.fuse.blown.is_set():
            return "killed"
        return "ended" if "operation" not in found and not controller.busy(key) else ""

    return await controller.until(over) == "ended"
