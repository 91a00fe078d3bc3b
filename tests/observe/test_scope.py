"""Which kinds of a cluster are watched, and where (3.32, 3.33, 3.35)."""

import pytest

from app_controller.observe.scope import Scope
from argosy.engine.settings import ResourceFilter, Watching
from argosy.gateways.kubernetes.port import ApiResource
from argosy.gateways.kubernetes.reflector import EVERYTHING, Selection

SERVER = "https://a.example.com"


def resource(kind, group="", *, namespaced=True, verbs=("get", "list", "watch")):
    return ApiResource(group, "v1", kind, kind.lower() + "s", namespaced=namespaced, verbs=frozenset(verbs))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (resource("Event"), "never watched"),
        (resource("Event", "events.k8s.io"), "never watched"),
        (resource("PodMetrics", "metrics.k8s.io"), "never watched"),
        (resource("Lease", "coordination.k8s.io"), "never watched"),
        (resource("TokenReview", verbs=["create"]), "cannot be listed and watched"),
        (resource("Odd", verbs=["list"]), "cannot be listed and watched"),
        (resource("Pod"), None),
        (resource("Lease", "example.com"), None),
    ],
)
def test_what_is_never_watched(kind, words):
    refusal = Scope(SERVER).refusal(kind)
    assert (words is None) == (refusal is None)
    assert (words or "") in (refusal or "")


def watching(*, exclusions=(), inclusions=()):
    return Scope(SERVER, Watching(exclusions=exclusions, inclusions=inclusions))


def test_an_exclusion_matches_by_globs_and_empty_lists_match_everything():
    scope = watching(exclusions=(ResourceFilter(groups=("*.example.com",), kinds=("W*",)),))
    assert "resource.exclusions" in scope.refusal(resource("Widget", "a.example.com"))
    assert scope.refusal(resource("Gadget", "a.example.com")) is None
    assert scope.refusal(resource("Widget")) is None
    assert watching(exclusions=(ResourceFilter(kinds=("Pod",)),)).refusal(resource("Pod", "any")) is not None


def test_a_rule_for_another_cluster_does_not_count():
    elsewhere = ResourceFilter(kinds=("Pod",), clusters=("https://b.*",))
    assert watching(exclusions=(elsewhere,)).refusal(resource("Pod")) is None
    assert watching(inclusions=(elsewhere,)).refusal(resource("Service")) is None


def test_inclusions_deny_everything_else_and_an_exclusion_beats_them():
    pods, all_of_core = ResourceFilter(kinds=("Pod",)), ResourceFilter(groups=("",))
    assert "resource.inclusions" in watching(inclusions=(pods,)).refusal(resource("Service"))
    assert watching(inclusions=(pods,)).refusal(resource("Pod")) is None
    assert watching(inclusions=(all_of_core,), exclusions=(pods,)).refusal(resource("Pod")) is not None


def test_a_cluster_may_be_limited_to_namespaces():
    limited = Scope(SERVER, namespaces=("a", "b"))
    assert limited.selections(resource("Pod")) == (Selection(namespace="a"), Selection(namespace="b"))
    assert "limited to namespaces" in limited.refusal(resource("Node", namespaced=False))
    with_nodes = Scope(SERVER, namespaces=("a",), cluster_resources=True)
    assert with_nodes.refusal(resource("Node", namespaced=False)) is None
    assert with_nodes.selections(resource("Node", namespaced=False)) == (EVERYTHING,)
    assert Scope(SERVER).selections(resource("Pod")) == (EVERYTHING,)
