"""What is deleted: only what is ours for certain, at the moment of the deletion."""

from typing import Any

from app_controller.outside import CONFIG_MAPS

CASCADE = ["resources-finalizer.argocd.argoproj.io"]
MARK = "argocd.argoproj.io/tracking-id"
BLOCKING = "example.com/not-yet"


async def change(controller: Any, name: str, metadata: dict[str, Any]) -> None:
    body = {"metadata": metadata}
    await controller.cluster.patch(CONFIG_MAPS, name, body, namespace=controller.namespace)


def mark(controller: Any, application: str, name: str) -> dict[str, Any]:
    return {"annotations": {MARK: f"{application}:/ConfigMap:{controller.namespace}/{name}"}}


async def test_what_the_api_server_refused_to_apply_stays_when_the_application_goes(
    controller: Any, config_map: Any
) -> None:
    foreign = {**config_map("foreign", text="mine"), "immutable": True}
    foreign["metadata"] = {"name": "foreign", "namespace": controller.namespace}
    await controller.cluster.create(CONFIG_MAPS, foreign)
    controller.commit(config_map("foreign", text="other"))
    await controller.start()
    key = await controller.create(finalizers=CASCADE, operation={"sync": {}})
    await controller.ended(key, "Failed")
    await controller.look(key)
    await controller.delete(key)
    await controller.gone(key)
    kept = await controller.config("foreign")
    assert kept is not None
    assert "deletionTimestamp" not in kept["metadata"]


async def test_an_object_that_another_application_took_over_stays_when_the_first_goes(
    controller: Any, config_map: Any
) -> None:
    controller.commit(config_map("shared"), config_map("own"))
    await controller.start()
    key = await controller.create(finalizers=CASCADE, operation={"sync": {}})
    await controller.ended(key)
    await change(controller, "shared", mark(controller, "another", "shared"))
    await controller.delete(key)
    await controller.gone(key)
    assert await controller.config("own") is None
    assert await controller.config("shared") is not None


async def test_an_object_that_lost_its_mark_still_goes_with_its_application(controller: Any, config_map: Any) -> None:
    controller.commit(config_map("c"))
    await controller.start()
    key = await controller.create(finalizers=CASCADE, operation={"sync": {}})
    await controller.ended(key)
    await change(controller, "c", {"annotations": {MARK: None}})
    await controller.delete(key)
    await controller.gone(key)
    assert await controller.config("c") is None


async def pruning(controller: Any, config_map: Any) -> Any:
    """Return the application whose `older` waits for its deletion, and whose `old` is to be pruned after it."""
    controller.commit(config_map("old", wave=0), config_map("older", wave=5))
    await controller.start()
    key = await controller.create(operation={"sync": {}})
    await controller.ended(key)
    await change(controller, "older", {"finalizers": [BLOCKING]})
    controller.commit(config_map("new"))
    await controller.sync(key, prune=True)

    async def waits() -> bool:
        return "waiting for deletion" in (await controller.state(key)).get("message", "")

    await controller.until(waits)
    return key


async def test_an_object_that_was_taken_over_after_the_plan_is_not_pruned(controller: Any, config_map: Any) -> None:
    # The first object to be pruned is held, so that the second can be taken over before its turn comes.
    key = await pruning(controller, config_map)
    await change(controller, "old", mark(controller, "another", "old"))
    await change(controller, "older", {"finalizers": None})
    state = await controller.ended(key, "Failed")
    (result,) = [each for each in state["syncResult"]["resources"] if each["name"] == "old"]
    assert result["message"] == "the object belongs to application another by now and is not deleted"
    assert await controller.config("old") is not None


async def test_an_object_that_changes_while_it_is_pruned_is_pruned(controller: Any, config_map: Any) -> None:
    key = await pruning(controller, config_map)
    await change(controller, "old", {"labels": {"a": "b"}})
    await change(controller, "older", {"finalizers": None})
    await controller.ended(key)
    assert await controller.config("old") is None


async def test_delete_hooks_hold_the_deletion_until_a_person_has_seen_to_them(controller: Any, config_map: Any) -> None:
    hook = "pre-delete-finalizer.argocd.argoproj.io"
    controller.commit(config_map("c"))
    await controller.start()
    key = await controller.create(finalizers=[*CASCADE, hook], operation={"sync": {}})
    await controller.ended(key)
    await controller.delete(key)

    async def told() -> bool:
        conditions = (await controller.get(key))["status"].get("conditions", [])
        return any(each["type"] == "DeletionError" and hook in each["message"] for each in conditions)

    await controller.until(told)
    assert await controller.config("c") is not None
    await controller.patch(key, {"metadata": {"finalizers": CASCADE}})
    await controller.gone(key)
    assert await controller.config("c") is None
