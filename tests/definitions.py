"""The custom resources in the control plane of a run; a plugin of `conftest`, for whoever asks for `definitions`."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from app_controller.outside import APPLICATIONS, PROJECTS
from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.errors import NotFound, TooManyRequests
from argosy.gateways.kubernetes.port import ApiResource, Cluster

ROOT = Path(__file__).parent.parent

DEFINITIONS = ApiResource(
    "apiextensions.k8s.io",
    "v1",
    "CustomResourceDefinition",
    "customresourcedefinitions",
    namespaced=False,
    verbs=frozenset(),
)


@pytest.fixture(scope="session")
def definitions(control_plane: Any) -> None:
    """The custom resources, in the real control plane."""

    async def apply() -> None:
        cluster = connect.from_kubeconfig(control_plane.kubeconfig)
        for path in sorted((ROOT / "argosy" / "crds").glob("*.yaml")):
            await cluster.apply(DEFINITIONS, yaml.load(path.read_text(), yaml.CSafeLoader))
        async with asyncio.timeout(30):
            for resource in (APPLICATIONS, PROJECTS):
                while not await _is_served(cluster, resource):  # noqa: ASYNC110  (a server is asked)
                    await asyncio.sleep(0.05)
        await cluster.close()

    asyncio.run(apply())


async def _is_served(cluster: Cluster, resource: ApiResource) -> bool:
    try:
        await cluster.list_page(resource, namespace="default")
    except (NotFound, TooManyRequests):
        return False
    return True
