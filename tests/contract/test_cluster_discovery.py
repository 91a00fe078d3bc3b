"""Discovery documents of new and old API servers become the same kinds."""

import orjson
import pytest

from argosy.engine.model.resource import GroupKind
from argosy.gateways.kubernetes import discovery
from argosy.gateways.kubernetes.errors import Unreachable


def aggregated(*groups):
    return orjson.dumps({"kind": "APIGroupDiscoveryList", "items": list(groups)})


def group(name, *versions):
    return {"metadata": {"name": name}, "versions": list(versions)}


def version(name, *kinds, freshness="Current"):
    resources = [
        {
            "resource": kind.lower() + "s",
            "scope": "Namespaced",
            "verbs": ["list"],
            "responseKind": {"group": "", "version": "", "kind": kind},
        }
        for kind in kinds
    ]
    return {"version": name, "resources": resources, "freshness": freshness}


def test_the_first_version_that_has_a_kind_is_preferred():
    body = aggregated(group("autoscaling", version("v2", "Scaler"), version("v1", "Scaler", "Old")))
    found = discovery.mark_preferred(discovery.read_aggregated(body).resources)
    assert [(each.version, each.kind, each.preferred) for each in found] == [
        ("v2", "Scaler", True),
        ("v1", "Scaler", False),
        ("v1", "Old", True),
    ]
    assert found[0].group_kind == GroupKind("autoscaling", "Scaler")


def test_a_group_whose_server_is_down_is_named_and_the_others_are_read():
    body = aggregated(group("metrics.example.com", version("v1", freshness="Stale")), group("apps", version("v1", "A")))
    found = discovery.read_aggregated(body)
    assert found.failed == ("metrics.example.com/v1",)
    assert [each.kind for each in found.resources] == ["A"]


def test_resources_without_a_kind_of_their_own_are_left_out():
    odd = {"resource": "things", "scope": "Cluster", "verbs": ["get"]}
    body = aggregated({"metadata": {"name": "x"}, "versions": [{"version": "v1", "resources": [odd]}]})
    assert discovery.read_aggregated(body).resources == ()


def test_an_old_server_answers_with_a_classic_document():
    assert discovery.read_aggregated(b'{"kind":"APIVersions","versions":["v1"]}') is None
    assert discovery.read_group_versions(b'{"kind":"APIVersions","versions":["v1"]}') == (("", "v1"),)
    groups = {
        "groups": [
            {
                "name": "apps",
                "versions": [{"version": "v1beta1"}, {"version": "v1"}],
                "preferredVersion": {"version": "v1"},
            }
        ]
    }
    assert discovery.read_group_versions(orjson.dumps(groups)) == (("apps", "v1"), ("apps", "v1beta1"))


def test_classic_resources_leave_out_subresources():
    body = orjson.dumps(
        {
            "resources": [
                {"name": "pods", "kind": "Pod", "namespaced": True, "verbs": ["get", "list"]},
                {"name": "pods/status", "kind": "Pod", "namespaced": True, "verbs": ["get"]},
            ]
        }
    )
    (pod,) = discovery.read_resources(body, "", "v1").resources
    assert (pod.api_version, pod.plural, pod.namespaced, pod.verbs) == ("v1", "pods", True, {"get", "list"})


def test_what_is_no_document_is_a_broken_connection():
    with pytest.raises(Unreachable, match="discovery document"):
        discovery.read_aggregated(b"<html>")
