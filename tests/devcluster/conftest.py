"""A place in the shared control plane to create objects in and to watch what becomes of them."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

PATIENCE_SECONDS = 60
PATHS = {
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
    "Ingress": "/apis/networking.k8s.io/v1/namespaces/{}/ingresses",
    "Job": "/apis/batch/v1/namespaces/{}/jobs",
    "PersistentVolume": "/api/v1/persistentvolumes",
    "PersistentVolumeClaim": "/api/v1/namespaces/{}/persistentvolumeclaims",
    "Pod": "/api/v1/namespaces/{}/pods",
    "Service": "/api/v1/namespaces/{}/services",
    "StatefulSet": "/apis/apps/v1/namespaces/{}/statefulsets",
}


@dataclass(frozen=True)
class Place:
    """A namespace of a cluster, over a client for its API server."""

    client: httpx2.Client
    namespace: str

    def path(self, kind: str) -> str:
        """The collection of that kind here."""
        return PATHS[kind].format(self.namespace)

    def create(self, manifest: dict[str, Any]) -> None:
        """Create the object."""
        self.client.post(self.path(manifest["kind"]), json=manifest).raise_for_status()

    def delete(self, kind: str, name: str) -> None:
        """Ask for the deletion of the object."""
        self.client.delete(f"{self.path(kind)}/{name}").raise_for_status()

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Every object of that kind here, as it is now."""
        return self.client.get(self.path(kind)).raise_for_status().json()["items"]

    def until(self, kind: str, condition: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """Every object of that kind here, once the condition holds for all of them together."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition(objects := self.all(kind)):
            assert time.monotonic() < deadline, f"never came about; last seen: {objects}"
            time.sleep(0.05)
        return objects


@pytest.fixture
def place(control_plane: Any, namespace: str) -> Iterator[Place]:
    """A namespace of one's own in the main cluster."""
    with control_plane.main.client() as client:
        yield Place(client, namespace)
