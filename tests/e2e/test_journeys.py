"""What a user does, on the real control plane, through every door: create, change, drift, prune, delete."""

import json
from typing import Any

import pytest

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  value: '{value}'\n"
AUTOMATED = {"automated": {"prune": True, "selfHeal": True}, "syncOptions": ["CreateNamespace=true"]}
MANUAL = {"syncOptions": ["CreateNamespace=true"]}


def config(name: str, value: str = "1") -> str:
    return CONFIG.format(name=name, value=value)


def source(world: Any, path: str) -> dict[str, str]:
    return {"repoURL": world.stack.repository_url, "path": path, "targetRevision": "HEAD"}


def conditions(application: dict) -> str:
    return " ".join(f"{each['type']}: {each['message']}" for each in application["status"].get("conditions", []))


@pytest.mark.parametrize(
    ("name", "door"), [("guestbook", "rest"), ("orders", "cli"), ("ledger", "kubectl"), ("storefront", "kubectl")]
)
def test_each_kind_of_source_becomes_healthy_through_each_door(world: Any, name: str, door: str) -> None:
    from doors import manifest

    application = manifest(name, world.stack)
    if door == "rest":
        world.rest.create(application)
    elif door == "cli":
        file = world.stack.folder / f"{name}.json"
        file.write_text(json.dumps(application))
        world.argosy("app", "create", "-f", str(file))
    else:
        world.apply(application)
    found = world.wait_for(name, "Synced", "Healthy")
    kinds = {each["kind"] for each in found["status"]["resources"]}
    assert "Service" in kinds
    tree = world.rest.client.get(f"/api/v1/applications/{name}/resource-tree").json()
    assert "Pod" in {node["kind"] for node in tree["nodes"]}
    world.delete(name)
    world.wait(
        lambda: (
            "NotFound" not in world.kubectl("get", "ns", name)
            and not world.kubectl("-n", name, "get", "deploy,sts", "-o", "name")
        )
    )


def test_a_commit_is_seen_and_synced(world: Any) -> None:
    world.edit("plain/a.yaml", config("a"))
    world.create("commits", source=source(world, "plain"), syncPolicy=MANUAL)
    world.wait_for("commits", "OutOfSync", "Missing")
    world.argosy("app", "sync", "commits", "--timeout", "60")
    first = world.wait_for("commits", "Synced", "Healthy")
    commit = world.edit("plain/a.yaml", config("a", "2"))
    found = world.wait_for("commits", "OutOfSync")
    assert found["status"]["sync"]["revision"] == commit != first["status"]["sync"]["revision"]
    shown = world.argosy("app", "diff", "commits", check=False)
    assert shown.returncode == 1
    assert "value: '2'" in shown.stdout.replace('"', "'")
    world.argosy("app", "sync", "commits", "--timeout", "60")
    done = world.wait_for("commits", "Synced", "Healthy")
    assert world.kubectl("-n", "commits", "get", "cm", "a", "-o", "jsonpath={.data.value}") == "2"
    assert [each["id"] for each in done["status"]["history"]] == [0, 1]
    assert done["status"]["operationState"]["phase"] == "Succeeded"
    world.delete("commits")


def test_drift_is_put_back_with_self_heal_and_shown_without(world: Any) -> None:
    world.edit("drifts/a.yaml", config("a"))
    world.create("heals", source=source(world, "drifts"), syncPolicy=AUTOMATED)
    world.create("shows", source=source(world, "drifts"), syncPolicy={**MANUAL, "automated": {}})
    for name in ("heals", "shows"):
        world.wait_for(name, "Synced", "Healthy")
        world.kubectl("-n", name, "patch", "cm", "a", "-p", '{"data": {"value": "changed"}}')
    world.wait_for("shows", "OutOfSync")
    world.wait(lambda: world.kubectl("-n", "heals", "get", "cm", "a", "-o", "jsonpath={.data.value}") == "1")
    world.kubectl("-n", "heals", "delete", "cm", "a")
    world.wait(lambda: world.kubectl("-n", "heals", "get", "cm", "a", "-o", "name", "--ignore-not-found"))
    world.wait_for("heals", "Synced", "Healthy")
    assert world.kubectl("-n", "shows", "get", "cm", "a", "-o", "jsonpath={.data.value}") == "changed"
    for name in ("heals", "shows"):
        world.delete(name)


def test_a_removed_file_is_pruned_if_asked_and_reported_if_not(world: Any) -> None:
    world.edit("shrinks/a.yaml", config("a"))
    world.edit("shrinks/b.yaml", config("b"))
    world.create("prunes", source=source(world, "shrinks"), syncPolicy=AUTOMATED)
    world.create("keeps", source=source(world, "shrinks"), syncPolicy={**MANUAL, "automated": {}})
    for name in ("prunes", "keeps"):
        world.wait_for(name, "Synced", "Healthy")
    world.edit("shrinks/b.yaml", None)
    world.wait(lambda: not world.kubectl("-n", "prunes", "get", "cm", "b", "-o", "name", "--ignore-not-found"))
    world.wait_for("prunes", "Synced", "Healthy")
    found = world.wait_for("keeps", "OutOfSync")
    assert [each["name"] for each in found["status"]["resources"] if each.get("requiresPruning")] == ["b"]
    assert world.kubectl("-n", "keeps", "get", "cm", "b", "-o", "name")
    for name in ("prunes", "keeps"):
        world.delete(name)


def test_without_the_finalizer_only_the_application_goes(world: Any) -> None:
    world.edit("stays/a.yaml", config("a"))
    made = world.application("stays", source=source(world, "stays"), syncPolicy=AUTOMATED)
    made["metadata"].pop("finalizers")
    world.rest.create(made)
    world.wait_for("stays", "Synced", "Healthy")
    world.kubectl("-n", "argocd", "delete", "application", "stays")
    world.wait(lambda: not world.exists("stays"))
    assert world.kubectl("-n", "stays", "get", "cm", "a", "-o", "name")


def test_a_field_that_git_drops_is_removed_even_if_kubectl_had_applied_it(world: Any) -> None:
    world.kubectl("create", "namespace", "migrates")
    file = world.stack.folder / "by-hand.yaml"
    file.write_text(config("a") + "  old: gone\n")
    world.kubectl("-n", "migrates", "apply", "-f", str(file))
    world.edit("migrates/a.yaml", config("a"))
    world.create("migrates", source=source(world, "migrates"), syncPolicy=AUTOMATED)
    world.wait_for("migrates", "Synced", "Healthy")
    assert json.loads(world.kubectl("-n", "migrates", "get", "cm", "a", "-o", "jsonpath={.data}")) == {"value": "1"}
    world.delete("migrates")


def test_waves_wait_for_health(world: Any) -> None:
    deployment = """apiVersion: apps/v1
kind: Deployment
metadata: {name: first, annotations: {argocd.argoproj.io/sync-wave: "-1"}}
spec:
  selector: {matchLabels: {app: first}}
  template:
    metadata: {labels: {app: first}}
    spec: {containers: [{name: c, image: nginx}]}
"""
    world.edit("waves/first.yaml", deployment)
    world.edit("waves/second.yaml", config("second"))
    world.create("waves", source=source(world, "waves"), syncPolicy=AUTOMATED)
    found = world.wait_for("waves", "Synced", "Healthy")
    ready = json.loads(world.kubectl("-n", "waves", "get", "deploy", "first", "-o", "json"))
    second = json.loads(world.kubectl("-n", "waves", "get", "cm", "second", "-o", "json"))
    available = next(each for each in ready["status"]["conditions"] if each["type"] == "Available")
    assert second["metadata"]["creationTimestamp"] >= available["lastTransitionTime"]
    assert found["status"]["operationState"]["message"] == "successfully synced (all tasks run)"
    world.delete("waves")


def test_a_custom_resource_and_its_definition_come_in_one_sync(world: Any) -> None:
    crd = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.journey.test}
spec:
  group: journey.test
  names: {kind: Gadget, plural: gadgets}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""
    world.edit("gadgets/crd.yaml", crd)
    world.edit(
        "gadgets/gadget.yaml", "apiVersion: journey.test/v1\nkind: Gadget\nmetadata: {name: g}\nspec: {size: 3}\n"
    )
    world.create("gadgets", source=source(world, "gadgets"), syncPolicy=AUTOMATED)
    world.wait_for("gadgets", "Synced", "Healthy")
    assert world.kubectl("-n", "gadgets", "get", "gadget", "g", "-o", "jsonpath={.spec.size}") == "3"
    world.delete("gadgets")


def test_an_operation_written_by_kubectl_is_carried_out(world: Any) -> None:
    world.edit("requests/a.yaml", config("a"))
    world.create("requests", source=source(world, "requests"), syncPolicy=MANUAL)
    world.wait_for("requests", "OutOfSync")
    request = '{"operation": {"initiatedBy": {"username": "somebody"}, "sync": {"revision": "HEAD"}}}'
    world.kubectl("-n", "argocd", "patch", "application", "requests", "--type=merge", "-p", request)
    found = world.wait_for("requests", "Synced", "Healthy")
    assert found["status"]["operationState"]["operation"]["initiatedBy"]["username"] == "somebody"
    assert "operation" not in found
    world.delete("requests")


def test_a_dry_run_changes_nothing(world: Any) -> None:
    world.edit("rehearses/a.yaml", config("a"))
    world.create("rehearses", source=source(world, "rehearses"), syncPolicy=MANUAL)
    world.wait_for("rehearses", "OutOfSync")
    world.argosy("app", "sync", "rehearses", "--dry-run", "--timeout", "60")
    found = world.get("rehearses")
    assert found["status"]["operationState"]["phase"] == "Succeeded"
    assert found["status"].get("history") in (None, [])
    assert not world.kubectl("get", "namespace", "rehearses", "-o", "name", "--ignore-not-found")
    world.delete("rehearses")


def test_a_settled_system_writes_nothing(world: Any) -> None:
    world.edit("settles/a.yaml", config("a"))
    world.create("settles", source=source(world, "settles"), syncPolicy=AUTOMATED)
    world.wait_for("settles", "Synced", "Healthy")
    version = world.wait(lambda: _unchanged_for(world, "settles"))
    assert version
    world.delete("settles")


def _unchanged_for(world: Any, name: str) -> str:
    """Return the resource version if it stays the same through several comparisons."""
    import time

    before = world.get(name)["metadata"]["resourceVersion"]
    time.sleep(4)
    return before if world.get(name)["metadata"]["resourceVersion"] == before else ""
