"""A rendered set becomes targets: each key once, in its namespace, marked. Argo CD 2.50; B-11."""

import itertools

from argosy.engine import targets
from argosy.engine.model.resource import GroupKind, Manifest, ResourceKey
from argosy.engine.targets import Targets
from argosy.engine.tracking import Tracking


def _map(name: str, text: str, *, version: str = "v1", **metadata: str) -> Manifest:
    return {
        "apiVersion": version,
        "kind": "ConfigMap",
        "metadata": {"name": name, **metadata},
        "data": {"text": text},
    }


def _prepared(*manifests: Manifest) -> Targets:
    def namespaced(kind: GroupKind) -> bool | None:
        return True if kind.kind == "ConfigMap" else None

    return targets.prepare(manifests, "app", namespace="n", namespaced=namespaced, marks=Tracking())


KEY = ResourceKey("", "ConfigMap", "n", "a")


def test_2_50_3_16_and_b_11_of_one_object_twice_the_last_is_meant_and_the_user_is_told() -> None:
    prepared = _prepared(_map("a", "first"), _map("b", "other"), _map("a", "last"))
    assert prepared.desired[KEY].manifest()["data"] == {"text": "last"}
    assert list(prepared.desired) == [ResourceKey("", "ConfigMap", "n", "b"), KEY]
    (condition,) = prepared.conditions
    assert condition.type == "RepeatedResourceWarning"
    assert "appeared 2 times" in condition.message


def test_b_11_a_namespace_that_is_spelled_out_makes_no_other_object() -> None:
    prepared = _prepared(_map("a", "first"), _map("a", "second", namespace="n"), _map("a", "elsewhere", namespace="m"))
    assert prepared.desired[KEY].manifest()["data"] == {"text": "second"}
    assert len(prepared.desired) == 2
    assert [condition.type for condition in prepared.conditions] == ["RepeatedResourceWarning"]


def test_b_11_another_version_is_the_same_object_and_another_case_is_not() -> None:
    prepared = _prepared(_map("a", "first"), _map("a", "second", version="v2"), _map("A", "third"))
    assert {key.name: each.manifest()["data"]["text"] for key, each in prepared.desired.items()} == {
        "a": "second",
        "A": "third",
    }


def test_b_11_it_does_not_depend_on_chance_who_wins() -> None:
    given = [_map("a", "first"), _map("b", "b"), _map("a", "last")]
    for order in itertools.permutations(given):
        last = [each for each in order if each["metadata"]["name"] == "a"][-1]
        assert _prepared(*order).desired[KEY].manifest()["data"] == last["data"]


def test_3_21_a_kind_that_the_settings_exclude_is_left_out_and_the_user_is_told() -> None:
    prepared = targets.prepare(
        [_map("a", "text"), {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}],
        "app",
        namespace="n",
        namespaced=lambda _kind: True,
        marks=Tracking(),
        exclusion=lambda kind: "excluded by a test" if kind.kind == "Secret" else None,
    )
    assert list(prepared.desired) == [KEY]
    assert [(each.type, each.message) for each in prepared.conditions] == [
        ("ExcludedResourceWarning", "Resource Secret s is left out of the application: excluded by a test")
    ]


def test_3_16_and_3_23_each_object_is_in_its_namespace_and_one_without_is_told() -> None:
    metadata = {"name": "r", "namespace": "x"}
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": metadata}
    given = [_map("a", "text"), role]
    scopes = {"ConfigMap": True, "ClusterRole": False}
    placed = targets.prepare(given, "app", namespace="n", namespaced=lambda kind: scopes[kind.kind], marks=Tracking())
    assert {key.namespace for key in placed.desired if key.kind == "ConfigMap"} == {"n"}
    assert {key.namespace for key in placed.desired if key.kind == "ClusterRole"} == {""}
    homeless = targets.prepare(given, "app", namespace="", namespaced=lambda kind: scopes[kind.kind], marks=Tracking())
    (condition,) = homeless.conditions
    assert (condition.type, "Namespace for a ConfigMap is missing" in condition.message) == ("InvalidSpecError", True)
