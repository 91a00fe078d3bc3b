"""What users write in Lua and jq, through the running processes: settings change, and the applications with them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {phase: Healthy, other: x}\n"
KEYS = ("health.ConfigMap", "ignoreDifferences.ConfigMap")


def said(world: Any, **texts: str | None) -> None:
    data = {f"resource.customizations.{name.replace('__', '.')}": text for name, text in texts.items()}
    world.kubectl("-n", "argocd", "patch", "cm", "argocd-cm", "--type=merge", "-p", json.dumps({"data": data}))


@pytest.fixture(scope="module")
def customised(world: Any) -> Iterator[str]:
    """An application of one ConfigMap, and settings that are put back afterwards."""
    world.edit("customised/a.yaml", CONFIG)
    source = {"repoURL": world.stack.repository_url, "path": "customised", "targetRevision": "HEAD"}
    automated = {"automated": {}, "syncOptions": ["CreateNamespace=true"]}
    world.create("customised", source=source, syncPolicy=automated)
    world.wait_for("customised", "Synced", "Healthy")
    yield "customised"
    said(world, **{name.replace(".", "__"): None for name in KEYS})
    world.delete("customised")


def change(world: Any, **data: str) -> None:
    world.kubectl("-n", "customised", "patch", "cm", "a", "--type=merge", "-p", json.dumps({"data": data}))


def test_5_3_a_health_script_counts_as_soon_as_it_is_written(world: Any, customised: str) -> None:
    said(world, health__ConfigMap="return {status = obj.data.phase, message = 'says the script'}")
    change(world, phase="Degraded")
    world.wait_for(customised, "OutOfSync", "Degraded")
    (resource,) = world.get(customised)["status"]["resources"]
    assert resource["health"] == {"status": "Degraded", "message": "says the script"}
    change(world, phase="Healthy")
    world.wait_for(customised, "Synced", "Healthy")


def test_3_12_a_jq_rule_counts_as_soon_as_it_is_written(world: Any, customised: str) -> None:
    change(world, other="y")
    world.wait_for(customised, "OutOfSync")
    said(world, ignoreDifferences__ConfigMap="jqPathExpressions: ['.data.other']")
    world.wait_for(customised, "Synced")
    said(world, ignoreDifferences__ConfigMap="jqPathExpressions: ['.data[']")
    world.wait_for(customised, "Unknown")
    said(world, ignoreDifferences__ConfigMap=None)
    world.wait_for(customised, "OutOfSync")
