"""What a project permits: nothing cluster-scoped unless it is listed, namespaced kinds unless there is a list, only
where a destination allows it."""

import pytest

from argosy.engine import permits
from argosy.engine.model import project
from argosy.engine.model.resource import ResourceKey

SERVER, NAME = "https://a", "alpha"
POD = ResourceKey("", "Pod", "team", "p")
ROLE = ResourceKey("rbac.authorization.k8s.io", "ClusterRole", "", "reader")
ANYWHERE = [{"server": "*", "namespace": "*"}]


def refusal(key: ResourceKey, spec: dict) -> str | None:
    read = project.read({"metadata": {"name": "p"}, "spec": {"destinations": ANYWHERE, **spec}})
    return permits.refusal(read, key, namespaced=bool(key.namespace), server=SERVER, name=NAME)


@pytest.mark.parametrize(
    ("key", "spec", "permitted"),
    [
        (POD, {}, True),
        (ROLE, {}, False),
        (ROLE, {"clusterResourceWhitelist": [{"group": "*", "kind": "*"}]}, True),
        (ROLE, {"clusterResourceWhitelist": [{"group": "rbac.*", "kind": "ClusterRole", "name": "read*"}]}, True),
        (ROLE, {"clusterResourceWhitelist": [{"group": "*", "kind": "*", "name": "writer"}]}, False),
        (
            ROLE,
            {
                "clusterResourceWhitelist": [{"group": "*", "kind": "*"}],
                "clusterResourceBlacklist": [{"group": "*", "kind": "ClusterRole"}],
            },
            False,
        ),
        (POD, {"namespaceResourceWhitelist": []}, False),
        (POD, {"namespaceResourceWhitelist": [{"group": "", "kind": "Pod"}]}, True),
        (POD, {"namespaceResourceBlacklist": [{"group": "", "kind": "P*"}]}, False),
        (POD, {"destinations": []}, False),
        (POD, {"destinations": [{"server": SERVER, "namespace": "team"}]}, True),
        (POD, {"destinations": [{"name": NAME, "namespace": "te*"}]}, True),
        (POD, {"destinations": [{"server": "https://b", "namespace": "*"}]}, False),
        (POD, {"destinations": [*ANYWHERE, {"server": "*", "namespace": "!team"}]}, False),
        (POD, {"destinations": [*ANYWHERE, {"server": "!https://a", "namespace": "*"}]}, False),
        (POD, {"destinations": [*ANYWHERE, {"server": "!https://b", "namespace": "*"}]}, True),
    ],
)
def test_permission(key: ResourceKey, spec: dict, permitted: bool) -> None:
    assert (refusal(key, spec) is None) is permitted


def test_a_refusal_names_the_kind_or_the_namespace_and_the_project() -> None:
    assert refusal(ROLE, {}) == "resource rbac.authorization.k8s.io:ClusterRole is not permitted in project p"
    assert refusal(POD, {"destinations": []}) == "namespace team is not permitted in project 'p'"


@pytest.mark.parametrize(
    ("entries", "url", "permitted"),
    [
        (["*"], "https://git.example/org/app", True),
        (["https://git.example/org/*"], "https://git.example/org/app.git", True),
        (["https://git.example/org/*"], "https://git.example/org/app/deep", False),
        (["https://git.example/**"], "https://git.example/org/app/deep", True),
        (["*", "!https://git.example/org/app"], "https://GIT.example/org/%61pp/", False),
        (["https://git.example/org/*"], "https://evil.example?@git.example/org/app", False),
        (["reg.example/charts"], "oci://reg.example/charts", True),
        (["oci://reg.example/charts"], "reg.example/charts", True),
        (["*", "!oci://reg.example/charts"], "reg.example/charts", False),
        (["*", "!reg.example/charts"], "oci://reg.example/charts", False),
        (["oci://**"], "https://git.example/org/app", False),
        (["oci://**"], "reg.example/charts", True),
        ([], "https://git.example/org/app", False),
    ],
)
def test_sources_are_compared_by_what_they_are(entries: list[str], url: str, *, permitted: bool) -> None:
    read = project.read({"metadata": {"name": "p"}, "spec": {"sourceRepos": entries}})
    assert permits.permits_source(read, url) is permitted
