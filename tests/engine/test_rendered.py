"""A tool's objects become checked manifests, or a refusal that says where."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine import rendered
from argosy.engine.errors import Stuck
from argosy.engine.rendered import Written


def _map(name: str, **more: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, **more}


def _written(*manifests: Mapping[str, Any]) -> list[Written]:
    return [Written(manifest=manifest, origin=f"file.yaml, document {n}") for n, manifest in enumerate(manifests, 1)]


def test_objects_come_back_in_order_with_their_places():
    given = _written(_map("a"), _map("b"))
    assert rendered.manifests_of(given) == given


def test_a_list_is_taken_apart():
    listed = {"apiVersion": "v1", "kind": "List", "items": [_map("a"), _map("b")]}
    assert rendered.manifests_of(_written(_map("0"), listed)) == [
        Written(manifest=_map("0"), origin="file.yaml, document 1"),
        Written(manifest=_map("a"), origin="file.yaml, document 2, items[0]"),
        Written(manifest=_map("b"), origin="file.yaml, document 2, items[1]"),
    ]


def test_a_list_of_nothing_is_dropped():
    nothing = {"apiVersion": "v1", "kind": "ConfigMapList", "items": None, "metadata": {}}
    assert rendered.manifests_of(_written(nothing, {**nothing, "items": []})) == []


def test_a_list_kind_with_a_spec_is_an_object():
    custom = {"apiVersion": "x/v1", "kind": "AllowList", "metadata": {"name": "a"}, "spec": {}, "items": None}
    assert len(rendered.manifests_of(_written(custom))) == 1


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"kind": "ConfigMap", "metadata": {"name": "a"}}, "file.yaml, document 1: ConfigMap: apiVersion must be set"),
        ({"apiVersion": "v1", "metadata": {"name": "a"}}, "object: kind must be set"),
        ({"apiVersion": "v1", "kind": 7, "metadata": {"name": "a"}}, "object: kind must be set, to a string"),
        ({"apiVersion": "v1", "kind": "Pod"}, "Pod: metadata must be set"),
        (_map("a", metadata=["name"]), "metadata must be set, to an object"),
        (_map("a", metadata={}), "metadata.name must be set"),
        (_map("a", metadata={"name": ""}), "metadata.name must be set"),
        (_map("a", metadata={"name": 12}), "metadata.name must be a string"),
        (_map("a", metadata={"name": "a", "namespace": 12}), "metadata.namespace must be a string"),
        (_map("a", metadata={"name": "a", "labels": []}), "metadata.labels must be an object"),
        (_map("a", metadata={"name": "a", "annotations": {"x": 1}}), r"metadata.annotations\['x'\] must be a string"),
        ({"apiVersion": "v1", "kind": "List", "items": ["x"]}, r"document 1, items\[0\]: an item of a list"),
        ({"apiVersion": "v1", "kind": "List", "items": [{"kind": "List", "items": []}]}, "not a list itself"),
    ],
)
def test_b_10_what_is_no_object_is_refused_with_its_place(broken: Mapping[str, Any], says: str):
    with pytest.raises(Stuck, match=says):
        rendered.manifests_of(_written(broken))


def test_a_generated_name_is_a_name():
    assert len(rendered.manifests_of(_written(_map("", metadata={"generateName": "job-"})))) == 1


@pytest.mark.parametrize(
    "unrelated",
    [
        {"replicaCount": 1},
        {"kind": "tiles", "size": 3},
        {"metadata": {"title": "notes"}},
        {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": []},
    ],
)
def test_other_yaml_in_a_directory_is_left_alone(unrelated: Mapping[str, Any]):
    given = _written(_map("a"), unrelated)
    assert rendered.manifests_among(given) == given[:1]


@pytest.mark.parametrize(
    "broken",
    [{"kind": "ConfigMap", "metadata": {"name": "a"}}, {"apiVersion": "v1", "metadata": {"name": "a"}}],
)
def test_a_broken_manifest_in_a_directory_is_not_taken_for_other_yaml(broken: Mapping[str, Any]):
    with pytest.raises(Stuck):
        rendered.manifests_among(_written(broken))


def test_lists_in_a_directory_need_no_metadata():
    assert len(rendered.manifests_among(_written({"apiVersion": "v1", "kind": "List", "items": [_map("a")]}))) == 1


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)
OBJECTS = st.dictionaries(st.sampled_from(["apiVersion", "kind", "metadata", "items", "spec", "ä"]), JSON)


@given(OBJECTS, OBJECTS)
def test_fingerprints_are_equal_exactly_if_the_manifests_are(one: dict[str, Any], other: dict[str, Any]):
    assert rendered.fingerprint(one) == rendered.fingerprint(dict(reversed(one.items())))
    equal = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (rendered.fingerprint(one) == rendered.fingerprint(other)) == equal


@given(st.lists(OBJECTS, max_size=3))
def test_whatever_a_tool_gives_is_taken_or_refused_in_words(manifests: list[dict[str, Any]]):
    taken, words = _taken(manifests)
    assert words == "" or words.startswith("file.yaml, document ")
    assert _taken([item.manifest for item in taken])[1] == ""


def _taken(manifests: list[Any]) -> tuple[list[Written], str]:
    try:
        return rendered.manifests_of(_written(*manifests)), ""
    except Stuck as stuck:
        return [], stuck.reason
