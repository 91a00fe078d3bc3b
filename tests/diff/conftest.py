"""A namespace and a custom resource on the real control plane, and what it says of one object after the other."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.errors import NotFound, TooManyRequests
from argosy.gateways.kubernetes.openapi import Schemas
from argosy.gateways.kubernetes.port import ApiResource, Cluster
from tests.diff.stories import RESOURCES, WIDGETS

SPACES = ApiResource("", "v1", "Namespace", "namespaces", namespaced=False, verbs=frozenset())
DEFINITIONS = ApiResource(
    "apiextensions.k8s.io",
    "v1",
    "CustomResourceDefinition",
    "customresourcedefinitions",
    namespaced=False,
    verbs=frozenset(),
)
_Result = TypeVar("_Result")


@dataclass
class Server:
    """The API server, its schemas, a namespace on it, and names that nobody has used."""

    runner: asyncio.Runner
    cluster: Cluster
    schemas: Schemas
    namespace: str
    names: Iterator[int]

    def run(self, work: Callable[[], Awaitable[_Result]]) -> _Result:
        """Run a coroutine function on the loop that the connections belong to."""

        async def main() -> _Result:
            return await work()

        return self.runner.run(main())

    def manifest(self, kind: str, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return a whole object."""
        metadata = {**body.get("metadata", {}), "name": name, "namespace": self.namespace}
        return {**body, "apiVersion": RESOURCES[kind].api_version, "kind": kind, "metadata": metadata}


@pytest.fixture(scope="module")
def server(control_plane: Any) -> Iterator[Server]:
    """A place of one's own on the control plane of the run."""
    with asyncio.Runner() as runner:

        async def begin() -> tuple[Cluster, str]:
            cluster = connect.from_kubeconfig(control_plane.kubeconfig)
            made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"generateName": "diff-"}}
            await cluster.apply(DEFINITIONS, WIDGETS)
            async with asyncio.timeout(30):
                while not await _is_served(cluster):  # noqa: ASYNC110  (a server is asked)
                    await asyncio.sleep(0.1)
            return cluster, str((await cluster.create(SPACES, made))["metadata"]["name"])

        async def end() -> None:
            await cluster.delete(SPACES, namespace, propagation="Background")
            await cluster.close()
            await asyncio.sleep(0.05)

        cluster, namespace = runner.run(begin())
        yield Server(runner, cluster, Schemas(cluster), namespace, itertools.count())
        runner.run(end())


async def _is_served(cluster: Cluster) -> bool:
    """Return whether the kind is served, and described: the description comes a moment later."""
    widgets = RESOURCES["Widget"]
    try:
        await cluster.list_page(widgets, namespace="default")
        described = await cluster.raw_get(f"/openapi/v3/apis/{widgets.api_version}")
    except (NotFound, TooManyRequests):
        return False
    return b"x-kubernetes-list-map-keys" in described
