"""A settled system writes nothing, however often it is looked at."""

from typing import Any

AUTOMATED = {"automated": {"prune": True, "selfHeal": True}}
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "c", "image": "nginx", "resources": {"limits": {"cpu": "1000m"}}}]},
        },
    },
}


async def healthy(controller: Any, key: Any) -> None:
    async def reached() -> bool:
        status = (await controller.get(key)).get("status", {})
        states = status.get("sync", {}).get("status"), status.get("health", {}).get("status")
        return states == ("Synced", "Healthy") and "operation" not in await controller.get(key)

    await controller.until(reached)


async def test_applications_that_are_synced_and_healthy_cost_no_write(controller: Any, config_map: Any) -> None:
    folders = {f"app{number}": [config_map(f"c{number}")] for number in range(5)} | {"web": [DEPLOYMENT]}
    controller.manifests.commit(controller.repository, folders)
    await controller.start()
    keys = []
    for path in folders:
        source = {"repoURL": controller.repository, "path": path}
        keys.append(await controller.create(path, syncPolicy=AUTOMATED, source=source))
    for key in keys:
        await healthy(controller, key)
        await controller.look(key)
    before = controller.fuse.burnt
    for _ in range(3):
        for key in keys:
            await controller.look(key)
    assert controller.fuse.burnt == before


async def test_two_applications_that_want_the_same_object_do_not_fight(controller: Any, config_map: Any) -> None:
    controller.commit(config_map("shared"))
    await controller.start()
    first = await controller.create("first", syncPolicy={"automated": {}})
    await healthy(controller, first)
    second = await controller.create("second", syncPolicy={"automated": {}})
    await healthy(controller, second)
    for _ in range(3):
        await controller.look(first)
        await controller.look(second)
    assert len(await controller.records(first)) == len(await controller.records(second)) == 1


async def test_a_status_that_somebody_changed_is_put_right(controller: Any, config_map: Any) -> None:
    controller.commit(config_map("c"))
    await controller.start()
    key = await controller.create(operation={"sync": {}})
    await healthy(controller, key)
    await controller.look(key)
    await controller.patch(key, {"status": {"sync": {"status": "OutOfSync"}, "resources": None}})
    await controller.synced(key)
    assert [each["name"] for each in (await controller.get(key))["status"]["resources"]] == ["c"]
