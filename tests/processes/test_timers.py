"""What the controller does by the clock, with nobody asking."""

from collections.abc import Callable, Mapping
from typing import Any

from app_controller.outside import CONFIG_MAPS


async def test_a_new_commit_is_found_by_polling(controller: Any, config_map: Callable[..., dict[str, Any]]) -> None:
    timers = {"data": {"timeout.reconciliation": "1s", "timeout.reconciliation.jitter": "0s"}}
    await controller.cluster.patch(CONFIG_MAPS, "argocd-cm", timers, namespace=controller.namespace)
    controller.commit(config_map("first"))
    await controller.start()
    key = await controller.create()
    await controller.synced(key, "OutOfSync")
    revision = controller.commit(config_map("second"))

    async def seen() -> Mapping[str, Any] | None:
        found = await controller.get(key)
        return found if found["status"]["sync"].get("revision") == revision else None

    assert [each["name"] for each in (await controller.until(seen))["status"]["resources"]] == ["second"]
