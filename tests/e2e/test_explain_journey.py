"""Somebody edits what Argosy runs: `argosy explain` and REST name the field, who changed it and when."""

import json
from typing import Any


def drift(world: Any) -> dict[str, Any] | None:
    found = json.loads(world.argosy("explain", "whence", "-o", "json").stdout)
    return found if found.get("sync") == "OutOfSync" and found.get("objects") else None


def test_a_kubectl_edit_is_explained_by_field_manager_and_time(world: Any) -> None:
    world.create("whence", syncPolicy={"syncOptions": ["CreateNamespace=true"]})
    world.argosy("app", "sync", "whence", "--timeout", "60")
    world.wait_for("whence", "Synced")
    assert "what runs is what is wanted" in world.argosy("explain", "whence").stdout

    world.kubectl("-n", "whence", "annotate", "configmap", "guestbook", "team=blue")
    assert "what runs is what is wanted" in world.argosy("explain", "whence", "--refresh").stdout

    patch = json.dumps({"data": {"greeting": "edited"}})
    world.kubectl("-n", "whence", "patch", "configmap", "guestbook", "--type=merge", "-p", patch)
    live = json.loads(
        world.kubectl("-n", "whence", "get", "configmap", "guestbook", "-o", "json", "--show-managed-fields")
    )
    (entry,) = (
        each
        for each in live["metadata"]["managedFields"]
        if "f:data" in each["fieldsV1"] and each["manager"] == "kubectl-patch"
    )

    found = world.wait(lambda: drift(world), message="the drift was not explained")
    (guilty,) = found["objects"]
    (field,) = guilty["fields"]
    assert (guilty["kind"], guilty["name"], field["path"]) == ("ConfigMap", "guestbook", "data.greeting")
    assert (field["live"], field["desired"]) == ('"edited"', '"Welcome"')
    assert (field["manager"], field["operation"], field["since"]) == ("kubectl-patch", "Update", entry["time"])
    assert found["nextStep"].startswith("Automated sync is off.")

    shown = world.argosy("explain", "whence").stdout
    assert f"(updated by kubectl-patch, {entry['time']})" in shown
    by_rest = world.rest.client.get("/api/v1/applications/whence/explain")
    assert by_rest.json()["objects"] == found["objects"]
    world.delete("whence")
