"""The verdict on an object, against what the API server makes of the apply: random objects, on the real control plane.

Same means that an apply changes nothing; what differs is really changed by it; after an apply all is the same.
"""

import asyncio
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app_controller import judge
from app_controller.answers import Answers
from argosy.engine import diff
from argosy.engine.diff.strategy import USUAL
from argosy.engine.health import Policy
from argosy.engine.model import project
from argosy.engine.model.resource import GroupKind, Manifest, ResourceKey, key_of
from argosy.engine.normalise import Rules, secrets
from argosy.engine.packed import pack
from argosy.gateways.clock import SystemClock
from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.openapi import Schemas
from argosy.gateways.kubernetes.port import ApiResource, Cluster
from argosy.gateways.tools.scripts import Scripts

RESOURCES = {
    "ConfigMap": ApiResource("", "v1", "ConfigMap", "configmaps", namespaced=True, verbs=frozenset()),
    "Secret": ApiResource("", "v1", "Secret", "secrets", namespaced=True, verbs=frozenset()),
    "Service": ApiResource("", "v1", "Service", "services", namespaced=True, verbs=frozenset()),
    "Deployment": ApiResource("apps", "v1", "Deployment", "deployments", namespaced=True, verbs=frozenset()),
}
RULES = Rules()
# No rule and no script here has a question for the tool worker.
UNASKED = Answers(cast("Scripts", None), SystemClock())

WORDS = st.sampled_from(["a", "b", "", "1", "true", "ä"])
MAPS = st.dictionaries(st.sampled_from(["k", "l", "m"]), WORDS, max_size=3)
LABELS = st.dictionaries(st.sampled_from(["team", "tier"]), st.sampled_from(["a", "b", ""]), max_size=2)
QUANTITIES = st.sampled_from(["1", "1000m", "500m", "0.5", 1, "1Gi", "1024Mi"])


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Fields that may be there or not."""
    return st.fixed_dictionaries({}, optional=fields)


PORT = st.tuples(
    st.fixed_dictionaries({"name": st.sampled_from(["web", "admin"]), "port": st.sampled_from([80, 81])}),
    optional(protocol=st.sampled_from(["TCP", "UDP"]), targetPort=st.sampled_from([80, 8080, "http"])),
).map(lambda parts: {**parts[0], **parts[1]})
PORTS = st.lists(PORT, min_size=1, max_size=2, unique_by=(lambda port: port["name"], lambda port: port["port"]))
ENV = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from(["A", "B", "C"])}, optional={"value": WORDS}),
    max_size=3,
    unique_by=lambda each: each["name"],
)
CONTAINER = st.tuples(
    st.fixed_dictionaries({"name": st.sampled_from(["app", "side"]), "image": st.sampled_from(["x:1", "x:2"])}),
    optional(
        env=ENV,
        args=st.lists(WORDS, max_size=2),
        resources=optional(requests=st.fixed_dictionaries({"cpu": QUANTITIES}), limits=st.just({})),
        imagePullPolicy=st.sampled_from(["Always", "IfNotPresent"]),
        securityContext=st.sampled_from([{}, {"privileged": False}, {"runAsUser": 5}]),
    ),
).map(lambda parts: {**parts[0], **parts[1]})
CONTAINERS = st.lists(CONTAINER, min_size=1, max_size=2, unique_by=lambda each: each["name"])
POD = st.tuples(
    st.fixed_dictionaries({"containers": CONTAINERS}),
    optional(
        terminationGracePeriodSeconds=st.sampled_from([0, 30]),
        nodeSelector=MAPS.map(lambda each: dict.fromkeys(each, "v")),
        tolerations=st.sampled_from([[], [{"key": "a", "operator": "Exists"}], [{"operator": "Exists"}]]),
        volumes=st.sampled_from([[], [{"name": "v", "emptyDir": {}}], [{"name": "v", "configMap": {"name": "c"}}]]),
        hostNetwork=st.booleans(),
    ),
).map(lambda parts: {**parts[0], **parts[1]})


def deployment(pod: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": "x"}}, "spec": pod}
    return {"spec": {"replicas": 0, "selector": {"matchLabels": {"app": "x"}}, "template": template, **more}}


BODIES = {
    "ConfigMap": optional(data=MAPS),
    "Secret": optional(stringData=MAPS, type=st.just("Opaque")),
    "Service": st.tuples(PORTS, optional(selector=LABELS, sessionAffinity=st.sampled_from(["None", "ClientIP"]))).map(
        lambda parts: {"spec": {"ports": parts[0], **parts[1]}}
    ),
    "Deployment": st.builds(
        deployment,
        POD,
        optional(
            minReadySeconds=st.sampled_from([0, 5]),
            paused=st.booleans(),
            strategy=st.sampled_from([{}, {"type": "RollingUpdate"}]),
        ),
    ),
}


@st.composite
def stories(draw: st.DrawFn, kind: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any] | None]:
    """What was applied, what is wanted now (often the same with little changed), and what somebody edited between."""
    body = BODIES[kind]
    first, second = draw(body), draw(body)
    wanted = draw(st.sampled_from([first, second, {**first, **second}]))
    edit = draw(st.none() | optional(labels=LABELS, annotations=LABELS).map(lambda metadata: {"metadata": metadata}))
    labels = draw(st.none() | LABELS), draw(st.none() | LABELS)
    return (
        {**first, "metadata": {} if labels[0] is None else {"labels": labels[0]}},
        {**wanted, "metadata": {} if labels[1] is None else {"labels": labels[1]}},
        edit,
    )


@dataclass
class Held:
    """What a judge reads of a live object."""

    held: Manifest
    instance: str = ""

    def manifest(self) -> Manifest:
        return self.held


@dataclass
class Served:
    """What a judge reads of a live cache."""

    cluster: Cluster
    schemas: Schemas

    def resource_for(self, kind: GroupKind, version: str = "") -> ApiResource:
        assert version in ("", "v1")
        return RESOURCES[kind.kind]

    def doubt(self, _key: ResourceKey) -> None:
        return None


@dataclass
class Server:
    """The server, and what it says of one object after the other."""

    runner: asyncio.Runner
    cluster: Cluster
    namespace: str
    names: Iterator[int]
    served: Served

    def manifest(self, kind: str, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        version = "apps/v1" if kind == "Deployment" else "v1"
        metadata = {**body.get("metadata", {}), "name": name, "namespace": self.namespace}
        return {**body, "apiVersion": version, "kind": kind, "metadata": metadata}

    async def verdict(self, desired: Manifest, live: Manifest) -> diff.Verdict:
        """Return what the controller says, with what it asks the server."""
        sides = judge.Sides(key_of(desired), pack(secrets.fold(desired)), Held(live))
        permitting = project.read({"metadata": {"name": "p"}, "spec": {}})
        basis = judge.Basis("", self.served, permitting, ("", ""), RULES, Policy(), UNASKED, 1.0, (), USUAL, 0)
        bench = judge.Judge()
        return (bench.settle(sides, basis, None) or (await bench.ask([sides], basis))[0]).verdict

    async def check(self, kind: str, story: tuple[Any, Any, Any]) -> None:
        name, resource = f"x{next(self.names)}", RESOURCES[kind]
        first, wanted = (self.manifest(kind, name, body) for body in story[:2])
        live = await self.cluster.apply(resource, first)
        if story[2]:
            live = await self.cluster.patch(resource, name, story[2], namespace=self.namespace)
        found = await self.verdict(wanted, live)
        after = await self.cluster.apply(resource, wanted)
        if isinstance(found, diff.Same):
            assert essence(after) == essence(live)
        else:
            assert essence(after) != essence(live), found
        # Of a map that was emptied the API server itself needs a second apply to keep the empty one.
        if not isinstance(again := await self.verdict(wanted, after), diff.Same):
            again = await self.verdict(wanted, await self.cluster.apply(resource, wanted))
        assert isinstance(again, diff.Same), again
        await self.cluster.delete(resource, name, namespace=self.namespace, propagation="Background")


def essence(manifest: Manifest) -> Mapping[str, Any]:
    """Return the object without what the API server and the controllers note about it."""
    noted = ("managedFields", "resourceVersion", "generation")
    metadata = {key: value for key, value in manifest["metadata"].items() if key not in noted}
    annotations = metadata.pop("annotations", None) or {}
    kept = {key: value for key, value in annotations.items() if key != "deployment.kubernetes.io/revision"}
    metadata["labels"] = metadata.get("labels") or {}
    return {**manifest, "metadata": {**metadata, "annotations": kept}, "status": None}


@pytest.fixture(scope="module")
def server(control_plane: Any) -> Iterator[Server]:
    with asyncio.Runner() as runner:

        async def begin() -> tuple[Cluster, str]:
            cluster = connect.from_kubeconfig(control_plane.kubeconfig)
            spaces = ApiResource("", "v1", "Namespace", "namespaces", namespaced=False, verbs=frozenset())
            made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"generateName": "diff-"}}
            return cluster, str((await cluster.create(spaces, made))["metadata"]["name"])

        async def end() -> None:
            spaces = ApiResource("", "v1", "Namespace", "namespaces", namespaced=False, verbs=frozenset())
            await cluster.delete(spaces, namespace, propagation="Background")
            await cluster.close()
            await asyncio.sleep(0.05)

        cluster, namespace = runner.run(begin())
        yield Server(runner, cluster, namespace, itertools.count(), Served(cluster, Schemas(cluster)))
        runner.run(end())


@pytest.mark.parametrize("kind", list(RESOURCES))
def test_a_verdict_is_what_the_server_makes_of_the_apply(server: Server, kind: str) -> None:
    @settings(
        max_examples=40,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(stories(kind))
    def check(story: tuple[Any, Any, Any]) -> None:
        server.runner.run(server.check(kind, story))

    check()
