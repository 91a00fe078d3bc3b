"""What users write in Lua and jq, in a running controller: it decides by the answers, and by nothing without them."""

from collections.abc import Callable, Mapping
from typing import Any

from app_controller import views
from app_controller.outside import CONFIG_MAPS
from app_controller.queue import ApplicationKey
from argosy.wire.controller import ManagedResource, ManagedResources
from tests.processes.conftest import Controller

HEALTH = """
hs = {status = "Progressing", message = "it has no phase"}
if obj.data.phase ~= nil then hs.status = obj.data.phase hs.message = "so it says" end
return hs
"""


async def say(controller: Controller, **texts: str) -> None:
    """Write settings."""
    data = {name.replace("__", "."): text for name, text in texts.items()}
    await controller.cluster.patch(CONFIG_MAPS, "argocd-cm", {"data": data}, namespace=controller.namespace)


async def seen(controller: Controller, key: ApplicationKey, name: str) -> Mapping[str, Any]:
    """Look, and return what the status says of an object."""
    await controller.look(key)
    resources = (await controller.get(key))["status"]["resources"]
    return next(each for each in resources if each["name"] == name)


def shown(controller: Controller, key: ApplicationKey) -> ManagedResource:
    """Return the only object as it is shown to people who ask what differs."""
    assert controller.work is not None
    found = views.managed(key, controller.work)
    assert isinstance(found, ManagedResources)
    return found.items[0]


async def change(controller: Controller, name: str, **data: str) -> None:
    await controller.cluster.patch(CONFIG_MAPS, name, {"data": data}, namespace=controller.namespace)


async def test_5_4_a_users_script_judges_the_objects_and_the_application(
    controller: Controller, config_map: Callable[..., dict[str, Any]]
) -> None:
    await say(controller, resource__customizations__health__ConfigMap=HEALTH)
    controller.commit(config_map("a", phase="Healthy"), config_map("b", phase="Degraded"))
    await controller.start()
    key = await controller.create("app", operation={"sync": {}})
    await controller.ended(key)
    assert (await seen(controller, key, "a"))["health"] == {"status": "Healthy", "message": "so it says"}
    assert (await seen(controller, key, "b"))["health"] == {"status": "Degraded", "message": "so it says"}
    assert (await controller.get(key))["status"]["health"]["status"] == "Degraded"


async def test_5_4_a_wave_waits_for_what_a_script_says(
    controller: Controller, config_map: Callable[..., dict[str, Any]]
) -> None:
    await say(controller, resource__customizations__health__ConfigMap=HEALTH)
    controller.commit(config_map("first"), config_map("second", wave=1, phase="Healthy"))
    await controller.start()
    key = await controller.create("app", operation={"sync": {}})

    async def waits() -> bool:
        return "first" in (await controller.state(key)).get("message", "")

    await controller.until(waits)
    assert await controller.config("second") is None
    await change(controller, "first", phase="Healthy")
    await controller.ended(key)
    assert await controller.config("second") is not None


async def test_3_11_what_jq_leads_to_is_no_difference_and_a_broken_path_is_unknown(
    controller: Controller, config_map: Callable[..., dict[str, Any]]
) -> None:
    controller.commit(config_map("a", one="1", two="2"))
    await controller.start()
    ignored = [{"kind": "ConfigMap", "jqPathExpressions": [".data.one"]}]
    key = await controller.create("app", operation={"sync": {}}, ignoreDifferences=ignored)
    await controller.ended(key)
    assert not shown(controller, key).modified
    await change(controller, "a", one="other")
    assert (await seen(controller, key, "a"))["status"] == "Synced"
    assert shown(controller, key).normalized_live_state == shown(controller, key).predicted_live_state
    await change(controller, "a", two="other")
    assert (await seen(controller, key, "a"))["status"] == "OutOfSync"
    assert "one" not in shown(controller, key).normalized_live_state
    assert shown(controller, key).modified
    broken = [{"kind": "ConfigMap", "jqPathExpressions": [".data["]}]
    await controller.patch(key, {"spec": {"ignoreDifferences": broken}})
    assert (await seen(controller, key, "a"))["status"] == "Unknown"


async def test_3_12_the_rules_of_the_settings_count_at_once(
    controller: Controller, config_map: Callable[..., dict[str, Any]]
) -> None:
    controller.commit(config_map("a", one="1"))
    await controller.start()
    key = await controller.create("app", operation={"sync": {}})
    await controller.ended(key)
    await change(controller, "a", one="other")
    assert (await seen(controller, key, "a"))["status"] == "OutOfSync"
    await say(controller, resource__customizations__ignoreDifferences__ConfigMap="jqPathExpressions: ['.data.one']")
    await controller.synced(key)
