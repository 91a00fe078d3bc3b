"""3.36: which changes of a live object are worth a comparison, by what the settings say."""

from typing import Any

import pytest

from argosy.engine import settings, updates
from argosy.engine.health import Health
from argosy.engine.model.resource import Manifest
from argosy.engine.normalise import JqDelete, Rules

HEALTHY, DEGRADED = Health("Healthy"), Health("Degraded")


def rules(**texts: str) -> Rules:
    data = {name.replace("__", "."): text for name, text in texts.items()}
    argocd_cm = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-cm"}, "data": data}
    return settings.update_rules(settings.read([argocd_cm]).settings)


def deployment(replicas: int = 1, **fields: Any) -> Manifest:
    metadata = {"name": "a", "uid": "1", **fields.pop("metadata", {})}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {"replicas": replicas},
        **fields,
    }


def matters(after: Manifest, given: Rules, before: Manifest | None = None) -> bool:
    return updates.matters(before or deployment(), after, given, was=HEALTHY, is_=HEALTHY)


@pytest.mark.parametrize(
    "metadata", [{"resourceVersion": "2"}, {"generation": 2}, {"managedFields": [{"manager": "x"}]}]
)
def test_3_36_what_every_write_changes_never_counts(metadata: Any) -> None:
    assert not matters(deployment(metadata=metadata), rules())


@pytest.mark.parametrize(
    "after",
    [
        deployment(2),
        deployment(metadata={"labels": {"a": "b"}}),
        deployment(metadata={"annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"}}),
        deployment(metadata={"deletionTimestamp": "2026-01-01T00:00:00Z"}),
        deployment(metadata={"uid": "2"}),
    ],
)
def test_3_36_any_other_change_counts(after: Manifest) -> None:
    assert matters(after, rules())


def test_3_36_a_change_of_health_counts_whatever_else_is_ignored() -> None:
    same = deployment()
    assert updates.matters(same, same, rules(), was=HEALTHY, is_=DEGRADED)
    assert updates.matters(same, same, rules(), was=None, is_=HEALTHY)


SPEC = "jsonPointers: [/spec]"


@pytest.mark.parametrize(
    "texts",
    [
        {"resource__customizations__ignoreResourceUpdates__apps_Deployment": SPEC},
        {"resource__customizations__ignoreResourceUpdates__all": SPEC},
        {"resource__customizations": "apps/*: {ignoreResourceUpdates: 'jsonPointers: [/spec]'}"},
        {"resource__customizations__ignoreDifferences__apps_Deployment": SPEC},
    ],
)
def test_3_36_fields_are_ignored_by_kind(texts: dict[str, str]) -> None:
    assert not matters(deployment(2), rules(**texts))


def test_3_36_rules_of_other_kinds_do_not_count() -> None:
    assert matters(deployment(2), rules(resource__customizations__ignoreResourceUpdates__apps_StatefulSet=SPEC))


def test_3_9_ignored_differences_count_for_events_unless_that_is_switched_off() -> None:
    said = {"resource__customizations__ignoreDifferences__apps_Deployment": SPEC}
    off = "ignoreDifferencesOnResourceUpdates: false"
    assert matters(deployment(2), rules(**said, resource__compareoptions=off))
    assert matters(deployment(status={"replicas": 1}), rules(resource__compareoptions=off))
    assert not matters(deployment(status={"replicas": 1}), rules())


def test_3_36_fields_of_managers_are_ignored() -> None:
    given = rules(resource__customizations__ignoreResourceUpdates__all="managedFieldsManagers: [scaler]")
    entry = {"manager": "scaler", "fieldsV1": {"f:spec": {"f:replicas": {}}}}
    assert not matters(deployment(2, metadata={"managedFields": [entry]}), given)
    assert matters(deployment(2), given)


def test_3_36_a_jq_rule_ignores_what_it_was_said_to_lead_to_and_nothing_before() -> None:
    given = rules(resource__customizations__ignoreResourceUpdates__all="jqPathExpressions: [.spec.replicas]")
    before, after = deployment(1), deployment(2)
    assert matters(after, given, before)
    paths = ((("spec", "replicas"),),)
    answers = {JqDelete((".spec.replicas",), each).identity: paths for each in (before, after)}
    assert not matters(after, given.knowing(answers), before)


def test_3_36_untracked_objects_are_looked_at_if_they_say_so() -> None:
    assert updates.asks_to_be_ignored(
        deployment(metadata={"annotations": {"argocd.argoproj.io/ignore-resource-updates": "true"}})
    )
    assert not updates.asks_to_be_ignored(deployment())
