"""What admission changes along the way is no difference of ours, unless the application says that it counts (3.3)."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from argosy.engine import diff
from argosy.engine.model.resource import Manifest, key_of
from argosy.engine.normalise import Rules
from argosy.engine.pairing import Pair
from argosy.gateways.kubernetes.port import ApiResource
from tests.diff.conftest import Server
from tests.diff.stories import RESOURCES

GROUP = "admissionregistration.k8s.io"
POLICIES, BINDINGS = (
    ApiResource(GROUP, "v1", kind, f"{kind.lower()[:-1]}{ending}", namespaced=False, verbs=frozenset())
    for kind, ending in (("MutatingAdmissionPolicy", "ies"), ("MutatingAdmissionPolicyBinding", "gs"))
)
RULES = Rules()
COUNTED = diff.Strategy(webhooks="count")
CONFIG_MAPS = RESOURCES["ConfigMap"]


def policy(name: str, value: str) -> list[tuple[ApiResource, Manifest]]:
    """Return what has the API server put an entry of its own into ConfigMaps, and rewrite another."""
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["configmaps"]}
    patch = f'Object{{data: {{"injected": "{value}", "rewritten": "{value}"}}}}'
    spec: dict[str, Any] = {
        "matchConstraints": {
            "objectSelector": {"matchLabels": {"mutate": name}},
            "resourceRules": [rule],
        },
        "failurePolicy": "Fail",
        "reinvocationPolicy": "Never",
        "mutations": [{"patchType": "ApplyConfiguration", "applyConfiguration": {"expression": patch}}],
    }
    made = {"apiVersion": f"{GROUP}/v1", "metadata": {"name": name}}
    return [
        (POLICIES, {**made, "kind": POLICIES.kind, "spec": spec}),
        (BINDINGS, {**made, "kind": BINDINGS.kind, "spec": {"policyName": name}}),
    ]


@pytest.fixture
def mutated(server: Server) -> Iterator[tuple[dict[str, Any], Manifest]]:
    """A manifest, and its live object, into which the API server has begun to put something since it was applied."""
    name = f"m{next(server.names)}-{server.namespace}"
    wanted = server.manifest("ConfigMap", name, {"metadata": {"labels": {"mutate": name}}, "data": {"a": "1"}})

    async def is_at_work() -> bool:
        return "injected" in (await server.cluster.apply(CONFIG_MAPS, wanted, dry_run=True))["data"]

    async def begin() -> Manifest:
        live = await server.cluster.apply(CONFIG_MAPS, wanted)
        for resource, manifest in policy(name, "by policy"):
            await server.cluster.apply(resource, manifest)
        async with asyncio.timeout(60):
            while not await is_at_work():  # noqa: ASYNC110  (a server is asked)
                await asyncio.sleep(0.2)
        return live

    async def end() -> None:
        for resource, manifest in policy(name, ""):
            await server.cluster.delete(resource, manifest["metadata"]["name"])

    yield wanted, server.run(begin)
    server.run(end)


def ask(server: Server, wanted: Manifest, live: Manifest, strategy: diff.Strategy) -> diff.Verdict:
    async def asked() -> Manifest:
        return await server.cluster.apply(CONFIG_MAPS, wanted, dry_run=True)

    return diff.confirm(Pair(key_of(wanted), wanted, live), server.run(asked), RULES, strategy=strategy)


def paths(verdict: diff.Verdict) -> list[str]:
    return [change.path for change in verdict.fields] if isinstance(verdict, diff.Changed) else []


def test_3_3_what_a_webhook_adds_is_no_difference_unless_it_counts(server: Server, mutated: Any) -> None:
    wanted, live = mutated
    assert ask(server, wanted, live, diff.USUAL) == diff.Same()
    assert paths(ask(server, wanted, live, COUNTED)) == ["data.injected", "data.rewritten"]


def test_3_3_what_we_change_is_shown_without_what_a_webhook_adds(server: Server, mutated: Any) -> None:
    wanted, live = mutated
    more = {**wanted, "data": {"b": "2"}}
    found = ask(server, more, live, diff.USUAL)
    assert paths(found) == ["data.a", "data.b"]
    assert isinstance(found, diff.Changed)
    assert found.predicted["data"] == {"b": "2"}


def test_3_3_what_a_webhook_makes_of_our_own_value_is_a_difference(server: Server, mutated: Any) -> None:
    wanted, live = mutated
    found = ask(server, {**wanted, "data": {"a": "1", "rewritten": "by us"}}, live, diff.USUAL)
    assert paths(found) == ["data.rewritten"]
