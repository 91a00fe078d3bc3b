"""The trees that the controller serves, of real objects: 3.28, 3.37 to 3.41."""

import asyncio
import base64
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest

from app_controller import views
from app_controller.outside import CONFIG_MAPS, PROJECTS, SECRETS
from app_controller.queue import ApplicationKey
from app_controller.trees import Trees
from argosy.engine.managed import LAST_APPLIED
from argosy.engine.model.base import to_json
from argosy.engine.model.resource import ResourceKey
from argosy.engine.model.tree import ApplicationTree, ResourceNode, TreeChanges
from argosy.wire.controller import Missing

TRACKING = "argocd.argoproj.io/tracking-id"
POD = {"labels": {"app": "web"}}, [{"name": "web", "image": "web:1", "resources": {"requests": {"cpu": "100m"}}}]


def workload(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    template = {"metadata": POD[0], "spec": {"containers": POD[1]}}
    selector = {"matchLabels": POD[0]["labels"]}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": {"replicas": 2, "selector": selector, "template": template, **spec},
    }


def service() -> dict[str, Any]:
    spec = {"selector": POD[0]["labels"], "ports": [{"port": 80}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}


def named(tree: ApplicationTree) -> dict[tuple[str, str], ResourceNode]:
    return {(node.kind, node.name): node for node in tree.nodes}


class Page:
    """Asks a controller as the API server does."""

    def __init__(self, controller: Any, key: ApplicationKey) -> None:
        self.controller = controller
        self.key = key
        self.work = controller.work
        self.trees = Trees(self.work)

    async def tree(self) -> ApplicationTree:
        found = await views.tree(self.key, self.work, self.trees)
        assert isinstance(found, ApplicationTree)
        return found

    async def changes(self, since: str) -> TreeChanges:
        found = await views.tree_changes(self.key, since, self.work, self.trees)
        assert isinstance(found, TreeChanges)
        return found

    async def until(self, reached: Callable[[ApplicationTree], bool]) -> ApplicationTree:
        """Wait for a tree that is so."""

        async def asked() -> ApplicationTree | None:
            tree = await self.tree()
            return tree if reached(tree) else None

        return await self.controller.until(asked)

    async def seen(self, kind: str, name: str) -> None:
        """Wait until the controller has seen an object of the core group."""

        async def there() -> bool:
            cache = self.work.compared(self.key).admitted.cache
            return cache.get(ResourceKey("", kind, self.controller.namespace, name)) is not None

        await self.controller.until(there)


@pytest.fixture
async def synced(controller: Any) -> Callable[..., Any]:
    """Brings objects to the cluster by an application, and gives its page."""

    async def bring(*manifests: Mapping[str, Any]) -> Page:
        controller.commit(*manifests)
        await controller.start()
        key = await controller.create(operation={"sync": {}})
        await controller.ended(key)
        await controller.look(key)
        return Page(controller, key)

    return bring


async def edit(controller: Any, name: str, body: Mapping[str, Any]) -> None:
    await controller.cluster.patch(CONFIG_MAPS, name, body, namespace=controller.namespace)


def config(controller: Any, name: str, **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": controller.namespace, **metadata},
    }


async def test_3_37_what_controllers_made_of_managed_objects_is_in_the_tree_and_3_39_where_it_runs(
    synced: Any,
) -> None:
    claims = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}},
    }
    stateful = workload("StatefulSet", "store", serviceName="web", replicas=1, volumeClaimTemplates=[claims])
    page = await synced(workload("Deployment", "web"), service(), stateful)

    def complete(tree: ApplicationTree) -> bool:
        kinds = [node.kind for node in tree.nodes]
        pods = [node for node in tree.nodes if node.kind == "Pod" and node.health and node.health.status == "Healthy"]
        return len(pods) >= 2 and {"ReplicaSet", "EndpointSlice", "PersistentVolumeClaim"} <= set(kinds)

    tree = await page.until(complete)
    nodes = named(tree)
    (claim,) = (node for node in tree.nodes if node.kind == "PersistentVolumeClaim")
    assert [each.name for each in claim.parent_refs] == ["store"]
    pod = next(node for node in tree.nodes if node.kind == "Pod" and node.parent_refs[0].kind == "ReplicaSet")
    shown = {item.name: item.value for item in pod.info}
    assert (shown["Status Reason"], shown["Containers"], shown["Requests (CPU)"]) == ("Running", "1/1", "100")
    assert pod.images == ("web:1",)
    assert nodes["Service", "web"].networking_info is not None
    assert nodes["Service", "web"].networking_info.target_labels == {"app": "web"}
    assert shown["Node"] in {host.name for host in tree.hosts}
    resources = {each.resource_name: each for host in tree.hosts for each in host.resources_info}
    assert resources["cpu"].requested_by_app >= 100
    assert resources["cpu"].capacity > 0


async def test_one_changed_object_makes_one_node_anew(synced: Any, controller: Any, config_map: Any) -> None:
    page = await synced(config_map("one"), config_map("two"), config_map("three"))
    first = await page.changes("")
    assert first.whole
    before = named(await page.tree())
    await edit(controller, "two", {"data": {"a": "b"}})
    await page.until(lambda tree: named(tree)["ConfigMap", "two"] != before["ConfigMap", "two"])
    after = named(await page.tree())
    assert after["ConfigMap", "one"] is before["ConfigMap", "one"]
    second = await page.changes(first.version)
    assert (second.whole, [node.name for node in second.nodes], second.removed) == (False, ["two"], ())
    assert await page.changes(second.version) == TreeChanges(second.version)


async def test_3_28_a_copy_of_a_marked_object_is_shown_and_not_compared(
    synced: Any, controller: Any, config_map: Any
) -> None:
    page = await synced(config_map("original"))
    mark = {TRACKING: f"{page.key.name}:/ConfigMap:{controller.namespace}/original"}
    await controller.cluster.create(CONFIG_MAPS, config(controller, "copy", annotations=mark))
    await page.until(lambda tree: ("ConfigMap", "copy") in named(tree))
    await controller.look(page.key)
    compared = page.work.compared(page.key)
    assert [key.name for key in compared.comparison.order] == ["original"]


async def test_what_should_run_and_does_not_is_shown_as_missing(synced: Any, controller: Any, config_map: Any) -> None:
    page = await synced(config_map("one"))
    controller.commit(config_map("one"), config_map("two"))
    await controller.refresh(page.key)
    tree = await page.until(lambda tree: ("ConfigMap", "two") in named(tree))
    node = named(tree)["ConfigMap", "two"]
    assert (node.uid, node.health and node.health.status, node.version) == ("", "Missing", "v1")


async def warned(controller: Any, key: Any, messages: list[str]) -> None:
    """Wait until the application's status has just these warnings of orphans."""

    async def reached() -> bool:
        conditions = (await controller.get(key)).get("status", {}).get("conditions") or []
        return [each["message"] for each in conditions if each["type"] == "OrphanedResourceWarning"] == messages

    await controller.until(reached)


async def test_3_41_what_belongs_to_nobody_is_told_and_warned_of(synced: Any, controller: Any, config_map: Any) -> None:
    page = await synced(config_map("own"))
    assert (await page.tree()).orphaned_nodes == ()
    ignore = [{"kind": "ConfigMap", "name": "argocd-*"}, {"group": "argoproj.io", "kind": "*"}]
    rules = {
        "orphanedResources": {"warn": True, "ignore": ignore},
        "namespaceResourceBlacklist": [{"group": "*", "kind": "Secret"}],
    }
    await controller.cluster.patch(PROJECTS, "default", {"spec": rules}, namespace=controller.namespace)

    def orphans(tree: ApplicationTree) -> list[str]:
        return [node.name for node in tree.orphaned_nodes]

    async def judged() -> bool:
        return page.work.compared(page.key).admitted.project.spec.orphaned_resources is not None

    await controller.until(judged)
    assert orphans(await page.tree()) == []
    await warned(controller, page.key, [])

    await controller.cluster.create(CONFIG_MAPS, config(controller, "left-behind"))
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "denied", "namespace": controller.namespace}}
    await controller.cluster.create(SECRETS, secret)
    await page.seen("Secret", "denied")
    await page.until(lambda tree: orphans(tree) == ["left-behind"])
    await warned(controller, page.key, ["Application has 1 orphaned resources"])

    wanted = ResourceKey("", "ConfigMap", controller.namespace, "left-behind")
    assert not isinstance(await views.resource(page.key, wanted, page.work, page.trees), Missing)
    version = (await page.tree()).orphaned_nodes[0].resource_version
    await edit(controller, "left-behind", {"data": {"a": "b"}})
    await page.until(lambda tree: tree.orphaned_nodes[0].resource_version != version)
    assert page.work.orphans.overdue() == []

    await controller.cluster.delete(
        CONFIG_MAPS, "left-behind", namespace=controller.namespace, propagation="Background"
    )
    await page.until(lambda tree: orphans(tree) == [])
    await warned(controller, page.key, [])


async def test_an_object_that_another_application_manages_is_no_orphan(
    synced: Any, controller: Any, config_map: Any
) -> None:
    rules = {"orphanedResources": {"ignore": [{"kind": "ConfigMap", "name": "argocd-*"}, {"group": "argoproj.io"}]}}
    page = await synced(config_map("own"))
    other = await controller.create("other", operation={"sync": {}})
    mark = {TRACKING: f"{other.name}:/ConfigMap:{controller.namespace}/theirs"}
    await controller.cluster.create(CONFIG_MAPS, config(controller, "theirs", annotations=mark))
    await controller.cluster.patch(PROJECTS, "default", {"spec": rules}, namespace=controller.namespace)
    await controller.until(lambda: _has_rules(page))
    await page.seen("ConfigMap", "theirs")
    assert "theirs" not in [node.name for node in (await page.tree()).orphaned_nodes]
    await controller.delete(other)
    await controller.gone(other)
    await page.until(lambda tree: "theirs" in [node.name for node in tree.orphaned_nodes])


async def _has_rules(page: Page) -> bool:
    return page.work.compared(page.key).admitted.project.spec.orphaned_resources is not None


async def test_3_40_no_value_of_a_secret_is_in_any_answer(synced: Any, controller: Any) -> None:
    values = [f"V4LUE-{number}-s3cret" for number in range(5)]
    hushed = {"team/token": values[2], "link.argocd.argoproj.io/x": f"https://x.example/{values[3]}"}
    desired = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s", "annotations": hushed},
        "data": {"a": base64.b64encode(values[0].encode()).decode(), "b": "Zm9v"},
        "stringData": {"c": values[1]},
    }
    masked = {"data": {"resource.sensitive.mask.annotations": ", ".join(hushed)}}
    await controller.cluster.patch(CONFIG_MAPS, "argocd-cm", masked, namespace=controller.namespace)
    page = await synced(desired)
    changed = {
        "metadata": {"annotations": {LAST_APPLIED: f'{{"data":{{"a":"{values[4]}"}}}}'}},
        "data": {"a": base64.b64encode(values[4].encode()).decode()},
    }
    await controller.cluster.patch(SECRETS, "s", changed, namespace=controller.namespace)
    await controller.synced(page.key, "OutOfSync")
    await controller.look(page.key)
    key = ResourceKey("", "Secret", controller.namespace, "s")
    answers = [
        await page.tree(),
        await page.changes(""),
        views.managed(page.key, page.work),
        await views.resource(page.key, key, page.work, page.trees),
        views.clusters(page.work),
    ]
    told = b"".join(msgspec.json.encode(answer) for answer in answers)
    assert b"+++" in told
    for value in values:
        assert value.encode() not in told
        assert base64.b64encode(value.encode()) not in told
    (item,) = to_json(answers[2])["items"]
    target, live = (msgspec.json.decode(item[side]) for side in ("targetState", "liveState"))
    assert item["modified"]
    assert target["data"]["b"] == live["data"]["b"]
    assert target["data"]["a"] != live["data"]["a"]
    (status,) = (await controller.get(page.key))["status"]["resources"]
    assert not any(value in str(status) for value in values)


async def test_scripts_judge_what_owned_objects_are_like(synced: Any, controller: Any) -> None:
    script = 'return {status = "Suspended", message = obj.kind .. " of " .. obj.metadata.ownerReferences[1].name}'
    customisation = {"data": {"resource.customizations.health.apps_ReplicaSet": script}}
    await controller.cluster.patch(CONFIG_MAPS, "argocd-cm", customisation, namespace=controller.namespace)
    page = await synced(workload("Deployment", "web", replicas=1))
    tree = await page.until(lambda tree: any(node.kind == "ReplicaSet" for node in tree.nodes))
    (replicas,) = (node for node in tree.nodes if node.kind == "ReplicaSet")
    assert replicas.health is not None
    assert (replicas.health.status, replicas.health.message) == ("Suspended", "ReplicaSet of web")


async def test_two_who_ask_at_once_get_the_same_tree(synced: Any, controller: Any, config_map: Any) -> None:
    page = await synced(*(config_map(f"c{number}") for number in range(30)))
    one, two = await asyncio.gather(page.tree(), page.tree())
    assert page.trees._known[page.key].begun == 1
    assert one == two
    assert len(one.nodes) == 30


async def test_an_application_that_was_never_compared_has_no_tree(synced: Any, config_map: Any) -> None:
    page = await synced(config_map("c"))
    nobody = ApplicationKey(page.key.namespace, "nobody")
    assert isinstance(await views.tree(nobody, page.work, page.trees), Missing)
    assert isinstance(await views.tree_changes(nobody, "", page.work, page.trees), Missing)
    key = ResourceKey("", "ConfigMap", page.key.namespace, "c")
    assert isinstance(await views.resource(nobody, key, page.work, page.trees), Missing)
