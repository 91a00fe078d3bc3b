"""What belongs to nobody: 3.41."""

from typing import Any

import pytest

from argosy.engine.model.project import OrphanedResourceKey, OrphanedResources
from argosy.engine.model.resource import ResourceKey, key_of
from argosy.engine.tree import orphans
from tests.engine.living import Thing, made

ALL = OrphanedResources()


@pytest.mark.parametrize(
    ("key", "orphaned"),
    [
        (ResourceKey("", "ConfigMap", "n", "c"), True),
        (ResourceKey("", "ServiceAccount", "n", "default"), False),
        (ResourceKey("", "ServiceAccount", "n", "robot"), True),
        (ResourceKey("other", "ServiceAccount", "n", "default"), True),
        (ResourceKey("", "Service", "default", "kubernetes"), False),
        (ResourceKey("", "Service", "n", "kubernetes"), True),
        (ResourceKey("", "ConfigMap", "n", "kube-root-ca.crt"), False),
        (ResourceKey("", "Namespace", "", "n"), False),
    ],
)
def test_3_41_what_kubernetes_makes_itself_and_what_is_cluster_scoped_is_no_orphan(
    key: ResourceKey, *, orphaned: bool
) -> None:
    assert orphans.may_be_orphan(key, ALL) is orphaned


@pytest.mark.parametrize(
    ("rule", "ignored"),
    [
        (OrphanedResourceKey(kind="ConfigMap"), {"ConfigMap/c", "ConfigMap/other"}),
        (OrphanedResourceKey(name="c*"), {"ConfigMap/c"}),
        (OrphanedResourceKey(group="apps"), {"Deployment/c"}),
        (OrphanedResourceKey(group="*", kind="{Deployment,Secret}", name="c"), {"Deployment/c"}),
        (OrphanedResourceKey(group="app", kind="Deployment"), set()),
        (OrphanedResourceKey(), {"ConfigMap/c", "ConfigMap/other"}),
    ],
)
def test_3_41_ignored_are_group_kind_and_name_by_globs(rule: OrphanedResourceKey, ignored: set[str]) -> None:
    keys = [
        ResourceKey("", "ConfigMap", "n", "c"),
        ResourceKey("", "ConfigMap", "n", "other"),
        ResourceKey("apps", "Deployment", "n", "c"),
    ]
    rules = OrphanedResources(ignore=(OrphanedResourceKey(kind="Nothing"), rule))
    assert {f"{key.kind}/{key.name}" for key in keys if not orphans.may_be_orphan(key, rules)} == ignored


def names(ownerless: list[dict[str, Any]], sets: list[dict[str, Any]]) -> list[str]:
    return [each.key.name for each in orphans.top_level(map(Thing, ownerless), map(Thing, sets))]


def test_3_41_what_claims_an_owner_is_no_orphan() -> None:
    web = made("StatefulSet", "web", api="apps/v1", spec={"volumeClaimTemplates": [{"metadata": {"name": "data"}}]})
    ownerless = [
        made("ConfigMap", "left"),
        made("Endpoints", "of-a-service"),
        made("PersistentVolumeClaim", "data-web-0"),
        made("PersistentVolumeClaim", "data-gone-0"),
        made("PersistentVolumeClaim", "mine"),
    ]
    assert names(ownerless, [web]) == ["left", "data-gone-0", "mine"]
    assert names(ownerless, []) == ["left", "data-web-0", "data-gone-0", "mine"]


def test_3_41_the_warning_is_given_only_where_it_is_asked_for_and_due() -> None:
    assert orphans.warning(OrphanedResources(warn=False), 3) == ()
    assert orphans.warning(OrphanedResources(), 3) == ()
    assert orphans.warning(OrphanedResources(warn=True), 0) == ()
    (condition,) = orphans.warning(OrphanedResources(warn=True), 3)
    assert condition.type == "OrphanedResourceWarning"
    assert condition.message == "Application has 3 orphaned resources"
    assert key_of(made("ConfigMap", "left")) == ResourceKey("", "ConfigMap", "n", "left")
