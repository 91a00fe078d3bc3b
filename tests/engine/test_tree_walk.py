"""Who owns what in a tree: 3.37."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine.model.resource import ResourceKey
from argosy.engine.tree import owners
from tests.engine.living import Thing, World, made, nodes, parents

CLUSTER_WIDE: dict[str, Any] = {"namespace": ""}


def test_3_37_a_tree_is_what_the_roots_own_and_what_that_owns() -> None:
    found = nodes(
        ["Deployment/d", "ConfigMap/c"],
        made("Deployment", "d", api="apps/v1"),
        made("ReplicaSet", "r", "Deployment/d", api="apps/v1"),
        made("Pod", "p", "ReplicaSet/r"),
        made("ConfigMap", "c"),
        made("ConfigMap", "of-others"),
    )
    assert parents(found) == {
        "Deployment/d": [],
        "ReplicaSet/r": ["Deployment/d"],
        "Pod/p": ["ReplicaSet/r"],
        "ConfigMap/c": [],
    }
    assert [(node.group, node.kind, node.name) for node in found] == sorted((n.group, n.kind, n.name) for n in found)
    reference = next(node for node in found if node.kind == "ReplicaSet").parent_refs[0]
    assert (reference.group, reference.kind, reference.version, reference.namespace, reference.name) == (
        "apps",
        "Deployment",
        "v1",
        "n",
        "d",
    )


def test_3_37_an_object_with_several_owners_is_there_once_with_all_that_are_in_the_tree() -> None:
    found = nodes(
        ["ConfigMap/a", "ConfigMap/b"],
        made("ConfigMap", "a"),
        made("ConfigMap", "b"),
        made("ConfigMap", "elsewhere"),
        made("Secret", "s", "ConfigMap/b", "ConfigMap/elsewhere", "ConfigMap/a", "ConfigMap/gone"),
    )
    assert parents(found)["Secret/s"] == ["ConfigMap/b", "ConfigMap/a"]


def test_3_37_a_managed_object_may_have_an_owner_in_the_tree() -> None:
    found = nodes(
        ["ConfigMap/child", "ConfigMap/parent"],
        made("ConfigMap", "parent"),
        made("ConfigMap", "child", "ConfigMap/parent"),
    )
    assert parents(found) == {"ConfigMap/child": ["ConfigMap/parent"], "ConfigMap/parent": []}


def test_3_37_owners_in_another_namespace_are_none() -> None:
    found = nodes(
        ["ConfigMap/a", "ClusterThing/c"],
        made("ConfigMap", "a"),
        made("ClusterThing", "c", **CLUSTER_WIDE),
        made("Secret", "other", "ConfigMap/a", namespace="other"),
        made("Secret", "allowed", "ClusterThing/c", namespace="other"),
        made("ClusterThing", "wrong", "ConfigMap/a", **CLUSTER_WIDE),
    )
    assert parents(found) == {"ConfigMap/a": [], "ClusterThing/c": [], "Secret/allowed": ["ClusterThing/c"]}


@pytest.mark.parametrize("root", ["A/a", "B/b", "C/c"])
def test_circles_of_owners_end_and_leave_a_way_from_the_top(root: str) -> None:
    found = nodes([root], made("A", "a", "C/c"), made("B", "b", "A/a"), made("C", "c", "B/b"), made("D", "d", "C/c"))
    assert parents(found)[root] == []
    assert sum(len(refs) for refs in parents(found).values()) == 3
    assert parents(found)["D/d"] == ["C/c"]


def test_an_object_that_owns_itself_is_a_node_without_parents() -> None:
    assert parents(nodes(["A/a"], made("A", "a", "A/a"))) == {"A/a": []}


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=20), st.sets(st.integers(0, 6), min_size=1))
def test_following_parents_always_ends(edges: list[tuple[int, int]], roots: set[int]) -> None:
    objects = [
        made("A", str(n), *(f"A/{owner}" for owner, owned in dict.fromkeys(edges) if owned == n)) for n in range(7)
    ]
    found = parents(nodes([f"A/{n}" for n in sorted(roots)], *objects))
    assert found.keys() >= {f"A/{n}" for n in roots}
    left = dict(found)
    while left:
        ends = [uid for uid, refs in left.items() if not any(ref in left for ref in refs)]
        assert ends, "parents go in a circle"
        for uid in ends:
            del left[uid]


def test_what_is_not_permitted_hides_what_it_owns() -> None:
    found = nodes(
        ["A/a", "A/z"],
        made("A", "a"),
        made("B", "b", "A/a"),
        made("C", "c", "B/b"),
        made("A", "z"),
        hidden=["B/b", "A/z"],
    )
    assert parents(found) == {"A/a": []}


def test_only_controllers_count_for_an_object_that_says_so() -> None:
    references = [{"uid": "A/a"}, {"uid": "A/b", "controller": True}, {"uid": "A/b"}]
    option = {"argocd.argoproj.io/sync-options": "Prune=false, ControllerReferencesOnly=true"}
    child = made("B", "b", metadata={"annotations": option, "ownerReferences": references})
    assert parents(nodes(["A/a", "A/b"], made("A", "a"), made("A", "b"), child))["B/b"] == ["A/b"]
    assert owners.references({"metadata": {"ownerReferences": references}}) == ("A/a", "A/b")


def claim(name: str, **content: Any) -> dict[str, Any]:
    return made("PersistentVolumeClaim", name, **content)


def test_3_37_volume_claims_of_a_stateful_set_are_found_by_their_names() -> None:
    template = {"volumeClaimTemplates": [{"metadata": {"name": "data"}}, {"metadata": {"name": "logs"}}, "broken"]}
    found = nodes(
        ["StatefulSet/web"],
        made("StatefulSet", "web", api="apps/v1", spec=template),
        made("StatefulSet", "web-2", api="apps/v1", spec=template),
        claim("data-web-0"),
        claim("data-web-12"),
        claim("logs-web-0"),
        claim("data-web-2-0"),
        claim("data-web-x"),
        claim("other-web-0"),
        claim("data-web-1", namespace="elsewhere"),
    )
    assert parents(found) == {
        "StatefulSet/web": [],
        "PersistentVolumeClaim/data-web-0": ["StatefulSet/web"],
        "PersistentVolumeClaim/data-web-12": ["StatefulSet/web"],
        "PersistentVolumeClaim/logs-web-0": ["StatefulSet/web"],
    }


def test_3_37_endpoints_of_a_service_are_found_without_owner_references() -> None:
    label = {"labels": {"kubernetes.io/service-name": "s"}}
    found = nodes(
        ["Service/s"],
        made("Service", "s"),
        made("Endpoints", "s"),
        made("Endpoints", "t"),
        made("EndpointSlice", "owned", "Service/s", api="discovery.k8s.io/v1"),
        made("EndpointSlice", "labelled", api="discovery.k8s.io/v1", metadata=label),
        made("EndpointSlice", "mirrored", "Endpoints/s", api="discovery.k8s.io/v1", metadata=label),
    )
    assert parents(found) == {
        "Service/s": [],
        "Endpoints/s": ["Service/s"],
        "EndpointSlice/owned": ["Service/s"],
        "EndpointSlice/labelled": ["Service/s"],
        "EndpointSlice/mirrored": ["Endpoints/s"],
    }


def test_3_37_tokens_belong_to_their_service_account() -> None:
    notes = {"kubernetes.io/service-account.name": "robot", "kubernetes.io/service-account.uid": "u"}
    kind = "kubernetes.io/service-account-token"
    found = nodes(
        ["ServiceAccount/robot"],
        made("ServiceAccount", "robot"),
        made("Secret", "token", type=kind, metadata={"annotations": notes}),
        made("Secret", "in-part", metadata={"annotations": notes}),
        made("Secret", "opaque", type="Opaque", metadata={"annotations": notes}),
        made("Secret", "half", type=kind, metadata={"annotations": {"kubernetes.io/service-account.name": "robot"}}),
    )
    assert parents(found) == {
        "ServiceAccount/robot": [],
        "Secret/token": ["ServiceAccount/robot"],
        "Secret/in-part": ["ServiceAccount/robot"],
    }


def test_3_37_versions_of_operators_belong_to_their_operator_group() -> None:
    api = "operators.coreos.com/v1alpha1"
    found = nodes(
        ["OperatorGroup/g"],
        made("OperatorGroup", "g", api="operators.coreos.com/v1"),
        made("ClusterServiceVersion", "v", api=api, metadata={"annotations": {"olm.operatorGroup": "g"}}),
        made("ClusterServiceVersion", "w", api=api, metadata={"annotations": {"olm.operatorGroup": "h"}}),
    )
    assert parents(found) == {"OperatorGroup/g": [], "ClusterServiceVersion/v": ["OperatorGroup/g"]}


def test_a_namespace_is_looked_into_once_and_only_for_kinds_that_own_by_name() -> None:
    world = World([Thing(made("Service", str(number))) for number in range(20)])
    nodes([f"Service/{number}" for number in range(20)], world=world)
    assert world.looked_into == ["n"]
    plain = World([Thing(made("ConfigMap", "c"))])
    nodes(["ConfigMap/c"], world=plain)
    assert plain.looked_into == []


def test_claims_that_are_in_the_key_need_no_decoding() -> None:
    def never() -> dict[str, Any]:
        raise AssertionError

    assert owners.claim_of(ResourceKey("", "Endpoints", "n", "s"), never) == ResourceKey("", "Service", "n", "s")
    assert owners.claim_of(ResourceKey("apps", "Deployment", "n", "s"), never) is None
    assert owners.claim_of(ResourceKey("", "PersistentVolumeClaim", "n", "s"), never) is None


def test_ten_thousand_nodes_are_each_described_a_few_times_at_most() -> None:
    objects = [made("Deployment", "d", api="apps/v1")]
    for number in range(100):
        objects.append(made("ReplicaSet", str(number), "Deployment/d", api="apps/v1"))
        objects += [made("Pod", f"{number}-{pod}", f"ReplicaSet/{number}") for pod in range(99)]
    found = nodes(["Deployment/d"], *objects)
    assert len(found) == 10_001


def test_3_37_the_name_of_an_ownerless_object_tells_who_may_own_it() -> None:
    def named(kind: str, name: str) -> list[str]:
        return [f"{each.kind}/{each.name}" for each in owners.named_by(ResourceKey("", kind, "n", name))]

    assert named("Endpoints", "s") == ["Service/s"]
    assert named("PersistentVolumeClaim", "data-a-b-0") == ["StatefulSet/a-b", "StatefulSet/b"]
    assert named("PersistentVolumeClaim", "data-0") == []
    assert named("PersistentVolumeClaim", "data-web-x") == []
    assert named("ConfigMap", "data-web-0") == []
