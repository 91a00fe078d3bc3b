"""What the tree shows beside an object: 3.38, 1.50, 9.34."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine import tree
from argosy.engine.model.base import to_json
from argosy.engine.model.resource import GroupKind, group_of, key_of
from argosy.engine.tree import Shown, View, info, reading

CASES = Path(__file__).parent.parent / "cases" / "tree"


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in yaml.safe_load((CASES / name).read_text())]


def facts(manifest: dict[str, Any], shown: Shown = info.NOTHING_MORE) -> dict[str, str]:
    kind = GroupKind(group_of(manifest.get("apiVersion", "v1")), manifest.get("kind", "Pod"))
    return {item.name: item.value for item in info.info_of(manifest, kind, shown)}


@pytest.mark.parametrize("case", cases("pods.yaml"))
def test_3_38_pods_are_shown_as_kubectl_prints_them(case: dict[str, Any]) -> None:
    found = facts({"apiVersion": "v1", "kind": "Pod", **case["object"]})
    if "info" in case:
        assert found == case["info"]
        assert list(found) == list(case["info"])
    expected = {"reason": "Status Reason", "containers": "Containers", "requests": "Requests (CPU)"}
    for field, name in expected.items():
        if field in case:
            assert found[name] == case[field]


@pytest.mark.parametrize("case", cases("networking.yaml"))
def test_3_38_how_traffic_reaches_an_object(case: dict[str, Any]) -> None:
    manifest = case["object"]
    found = info.networking_of(manifest, key_of(manifest).group_kind)
    assert (None if found is None else to_json(found)) == case.get("networking")


def test_3_38_applications_show_their_state_and_where_they_are_managed() -> None:
    application = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "a", "annotations": {info.MANAGED_BY_URL: "https://other.example"}},
        "status": {"sync": {"status": "Synced", "revision": "abc"}, "health": {"status": "Healthy"}},
    }
    assert facts(application) == {
        "Sync": "Synced",
        "Health": "Healthy",
        "Revision": "abc",
        "managed-by-url": "https://other.example",
    }
    several = {**application, "metadata": {"name": "a"}, "status": {"sync": {"revisions": ["abc", "def"]}}}
    assert facts(several) == {"Revision": "abc, def"}
    sly = {**several, "metadata": {"name": "a", "annotations": {info.MANAGED_BY_URL: "javascript:alert(1)"}}}
    assert "managed-by-url" not in facts(sly)


def test_3_38_cluster_nodes_show_their_labels_and_what_they_have() -> None:
    node = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": "n", "labels": {"zone": "a"}},
        "status": {"capacity": {"cpu": "4", "memory": "16Gi", "pods": "110"}},
    }
    assert facts(node) == {"Capacity (CPU)": "4", "Capacity (MEM)": "16Gi", "Capacity (Pods)": "110"}
    networking = info.networking_of(node, GroupKind("", "Node"))
    assert networking is not None
    assert networking.labels == {"zone": "a"}


@pytest.mark.parametrize(
    ("manifest", "shown"),
    [
        ({"metadata": {"annotations": {"deployment.kubernetes.io/revision": "3"}}}, "Rev:3"),
        ({"metadata": {"annotations": {"rollout.argoproj.io/revision": "12"}}}, "Rev:12"),
        ({"apiVersion": "apps/v1", "kind": "ControllerRevision", "revision": 2}, "Rev:2"),
        ({"metadata": {"annotations": {"deployment.kubernetes.io/revision": "latest"}}}, None),
        ({"metadata": {"annotations": {"deployment.kubernetes.io/revision": "0"}}}, None),
    ],
)
def test_3_38_revisions_of_workloads_are_shown(manifest: dict[str, Any], shown: str | None) -> None:
    assert facts({"apiVersion": "apps/v1", "kind": "ReplicaSet", **manifest}).get("Revision") == shown


def test_3_38_labels_that_the_settings_name_are_shown() -> None:
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"labels": {"team": "a", "tier": "b", "x": "c"}}}
    assert facts(manifest, Shown(labels=("tier", "missing", "team"))) == {"tier": "b", "team": "a"}


def test_3_37_images_are_those_of_the_pod_or_of_the_pod_template() -> None:
    containers = {
        "containers": [{"image": "one"}, {"image": "two"}, {"image": "one"}],
        "initContainers": [{"image": "z"}],
    }
    assert info.images_of({"spec": containers}) == ("z", "one", "two")
    assert info.images_of({"spec": {"template": {"spec": containers}}}) == ("z", "one", "two")
    assert info.images_of({"spec": {"jobTemplate": {"spec": {"template": {"spec": containers}}}}}) == (
        "z",
        "one",
        "two",
    )
    assert info.images_of({"spec": {"replicas": 1}}) == ()


KINDS = sorted({*info._INFO, *info._NETWORKING, GroupKind("apps", "StatefulSet"), GroupKind("", "Secret")})
FIELDS = [
    *(
        "spec",
        "status",
        "metadata",
        "labels",
        "annotations",
        "rules",
        "http",
        "paths",
        "backend",
        "backends",
        "service",
    ),
    *("name", "tls", "hosts", "host", "containers", "initContainers", "containerStatuses", "initContainerStatuses"),
    *("state", "terminated", "waiting", "running", "exitCode", "restartCount", "resources", "requests", "cpu"),
    *("overhead", "nodeName", "phase", "conditions", "capacity", "nodeInfo", "selector", "loadBalancer", "ingress"),
    *("ip", "hostname", "listeners", "addresses", "route", "destination", "workloadSelector", "sync", "revisions"),
    *("template", "volumeClaimTemplates", "ownerReferences", "uid", "restartPolicy", "deletionTimestamp"),
    *("backendRefs", "jobTemplate"),
]
LEAF = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.floats()
    | st.sampled_from(["1Gi", "x|y", "a-0"])
)
JSON = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6),
    max_leaves=40,
)


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=5))
def test_whatever_an_object_holds_it_has_a_node(kind: GroupKind, content: dict[str, Any]) -> None:
    api_version = f"{kind.group}/v1" if kind.group else "v1"
    manifest = {**content, "apiVersion": api_version, "kind": kind.kind}
    key = key_of({"apiVersion": api_version, "kind": kind.kind, "metadata": {"name": "x", "namespace": "n"}})
    described = tree.describe(key, manifest, View(shown=Shown(labels=("name",))))
    assert to_json(described.node)["name"] == "x"
    tree.hosts.load_of(key, manifest)
    tree.hosts.machine_of(manifest, Shown(node_labels=("name",)))


def test_strings_where_maps_are_expected_give_a_node_without_facts() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": "x", "status": ["y"]}
    node = tree.describe(key_of(pod), pod, View(health_of=lambda _: None)).node
    assert [item.name for item in node.info] == ["Containers", "Requests (CPU)", "Requests (MEM)"]
    assert node.images == ()


@pytest.mark.parametrize("odd", [[], {}, 3, None, "x", True, [[]], [None], [{}], {"a": []}])
def test_parts_of_a_pod_of_any_type_are_no_error(odd: Any) -> None:
    whole = {
        "spec": {
            "nodeName": "n",
            "containers": [{"name": "a", "resources": {"requests": {"cpu": "1"}}}],
            "overhead": {},
        },
        "status": {
            "phase": "Pending",
            "conditions": [{"type": "Initialized", "status": "True"}],
            "initContainerStatuses": [{"name": "i", "state": {"terminated": {"exitCode": 1}}, "restartCount": 1}],
            "containerStatuses": [{"name": "a", "state": {"waiting": {"reason": "x"}}, "restartCount": 1}],
        },
    }
    places = list(_places(whole))
    assert len(places) > 20
    for place in places:
        broken = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, **_with(whole, place, odd)}
        assert facts(broken)


def _places(value: Any, *path: Any) -> Any:
    """Yield the way to everything in a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in inner:
        yield (*path, step)
        yield from _places(item, *path, step)


def _with(value: Any, place: Any, other: Any) -> Any:
    """Return the value with another one at a place."""
    if not place:
        return other
    copy = list(value) if isinstance(value, list) else dict(value)
    copy[place[0]] = _with(value[place[0]], place[1:], other)
    return copy


def test_a_large_annotation_is_not_part_of_a_node() -> None:
    large = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "annotations": {"a": "x" * 2**20}}}
    assert len(str(to_json(tree.describe(key_of(large), large).node))) < 200


def test_fields_are_read_only_where_they_have_their_type() -> None:
    value = {"a": {"b": [{"c": 1}, "x"]}, "n": True}
    assert list(reading.each(value, "a", "b")) == [{"c": 1}]
    assert reading.text(value, "a", "b", "c") == ""
    assert reading.number(value, "n") == 0
    assert reading.texts(value, "a", "b") == ["x"]
