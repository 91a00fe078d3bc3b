"""A subresource is patched apart from the object, on the real control plane; the memory gateway promises none."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.errors import Conflict, NotFound
from argosy.gateways.kubernetes.memory import MemoryCluster, Unpromised
from argosy.gateways.kubernetes.port import ApiResource, Cluster

CONFIG_MAPS = ApiResource("", "v1", "ConfigMap", "configmaps", namespaced=True, verbs=frozenset())
JOBS = ApiResource("batch", "v1", "Job", "jobs", namespaced=True, verbs=frozenset())
CONTAINERS = [{"name": "main", "image": "registry.invalid/main:1"}]
CONDITION = {"type": "Seen", "status": "True", "lastTransitionTime": "2026-01-02T03:04:05Z"}
STATUS = {"status": {"conditions": [CONDITION]}}


@pytest.fixture
async def cluster(control_plane: Any) -> AsyncIterator[Cluster]:
    found = connect.from_kubeconfig(control_plane.kubeconfig)
    yield found
    await found.close()


async def test_the_status_is_changed_by_its_own_door_only(cluster: Cluster, namespace: str) -> None:
    template = {"spec": {"restartPolicy": "Never", "containers": CONTAINERS}}
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "one", "namespace": namespace},
        "spec": {"suspend": True, "template": template},
    }
    await cluster.create(JOBS, job)
    past = await cluster.patch(JOBS, "one", STATUS, namespace=namespace)
    assert "Seen" not in str(past["status"])
    changed = await cluster.patch(JOBS, "one", STATUS, namespace=namespace, subresource="status")
    assert [each["type"] for each in changed["status"]["conditions"]] == ["Seen"]
    stale = {**STATUS, "metadata": {"resourceVersion": "1"}}
    with pytest.raises(Conflict):
        await cluster.patch(JOBS, "one", stale, namespace=namespace, subresource="status")


async def test_a_kind_without_it_is_not_found(cluster: Cluster, namespace: str) -> None:
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one", "namespace": namespace}}
    await cluster.create(CONFIG_MAPS, manifest)
    with pytest.raises(NotFound):
        await cluster.patch(CONFIG_MAPS, "one", STATUS, namespace=namespace, subresource="status")


async def test_memory_promises_none() -> None:
    memory = MemoryCluster([CONFIG_MAPS])
    with pytest.raises(Unpromised):
        await memory.patch(CONFIG_MAPS, "one", STATUS, namespace="test", subresource="status")
