"""Why an application is as it is, told by a running controller on a real cluster: drift, hidden drift, masks."""

import base64
from collections.abc import Callable
from typing import Any

import msgspec

from app_controller import explaining
from app_controller.outside import CONFIG_MAPS, SECRETS
from app_controller.queue import ApplicationKey
from argosy.engine.model.explanation import Explanation
from argosy.wire.controller import Missing
from tests.processes.conftest import Controller

IGNORED = [{"group": "", "kind": "ConfigMap", "jsonPointers": ["/data/hidden"]}]
JQ_IGNORED = [{"group": "", "kind": "ConfigMap", "jqPathExpressions": [".data.hidden"]}]


async def told(controller: Controller, key: ApplicationKey) -> Explanation:
    """Look, and return the explanation."""
    assert controller.work is not None
    await controller.look(key)
    found = await explaining.explain(key, controller.work)
    assert isinstance(found, Explanation)
    return found


async def synced(controller: Controller, *manifests: dict[str, Any], **spec: Any) -> ApplicationKey:
    controller.commit(*manifests)
    await controller.start()
    key = await controller.create("app", operation={"sync": {}}, **spec)
    await controller.ended(key)
    return key


async def change(controller: Controller, **data: str) -> None:
    await controller.cluster.patch(CONFIG_MAPS, "c", {"data": data}, namespace=controller.namespace)


async def test_drift_is_told_with_field_both_values_manager_and_time(
    controller: Controller, config_map: Callable[..., dict[str, Any]]
) -> None:
    key = await synced(controller, config_map("c", k="1"), config_map("d", k="1"))
    assert (await told(controller, key)).objects == ()
    await change(controller, k="2")
    await controller.synced(key, "OutOfSync")
    found = await told(controller, key)
    (only,) = found.objects
    (field,) = only.fields
    assert (only.name, field.path, field.live, field.desired) == ("c", "data.k", '"2"', '"1"')
    live = await controller.config("c")
    assert live is not None
    owners = {entry["manager"]: entry["time"] for entry in live["metadata"]["managedFields"]}
    assert field.since == owners[field.manager] == found.since
    assert found.next_step == f"Automated sync is off. `argosy app sync {key.name}` syncs it."


async def test_what_a_rule_hides_is_told_with_the_rule(
    controller: Controller, config_map: Callable[..., dict[str, Any]]
) -> None:
    key = await synced(controller, config_map("c", hidden="1"), ignoreDifferences=IGNORED)
    await change(controller, hidden="2")
    found = await controller.until(lambda: _hidden(controller, key))
    assert (found.sync, found.objects) == ("Synced", ())
    (rule,) = found.rules
    assert (rule.rule, rule.hides) == ("the application's ignoreDifferences[0]", 1)
    assert (rule.fields[0].name, rule.fields[0].field.path, rule.fields[0].field.live) == ("c", "data.hidden", '"2"')


async def test_what_jq_hides_is_asked_and_told(
    controller: Controller, config_map: Callable[..., dict[str, Any]]
) -> None:
    key = await synced(controller, config_map("c", hidden="1"), ignoreDifferences=JQ_IGNORED)
    await change(controller, hidden="2")
    found = await controller.until(lambda: _hidden(controller, key))
    assert (found.sync, found.rules[0].hides, found.unasked) == ("Synced", 1, ())


async def test_no_value_of_a_secret_is_told(controller: Controller) -> None:
    values = ["wanted-c4n4ry", "live-c4n4ry"]
    encoded = [base64.b64encode(value.encode()).decode() for value in values]
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"k": encoded[0]}}
    key = await synced(controller, secret)
    await controller.cluster.patch(SECRETS, "s", {"data": {"k": encoded[1]}}, namespace=controller.namespace)
    await controller.synced(key, "OutOfSync")
    found = await told(controller, key)
    assert found.objects[0].fields[0].path == "data.k"
    assert found.objects[0].fields[0].live != found.objects[0].fields[0].desired
    text = msgspec.json.encode(found).decode()
    assert not any(value in text for value in (*values, *encoded))


async def test_an_application_that_cannot_be_compared_says_why(controller: Controller) -> None:
    await controller.start()
    key = await controller.create("app", project="gone")
    await controller.synced(key, "Unknown")
    found = await told(controller, key)
    assert (found.sync, found.objects) == ("Unknown", ())
    assert "gone" in found.summary
    assert controller.work is not None
    assert isinstance(await explaining.explain(ApplicationKey(key.namespace, "nobody"), controller.work), Missing)


async def _hidden(controller: Controller, key: ApplicationKey) -> Explanation | None:
    found = await told(controller, key)
    return found if found.rules else None
