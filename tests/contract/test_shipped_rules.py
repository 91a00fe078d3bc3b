"""What the shipped rules take for granted of Kubernetes' own controllers, on the real control plane."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from argosy.engine.normalise import Rules, both

PATIENCE = 60.0
AUTOSCALED = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"}


def deployment(namespace: str, replicas: int) -> dict[str, Any]:
    labels = {"app": "a"}
    pods = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "a", "image": "registry.example/a"}]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "a", "namespace": namespace},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": pods},
    }


def until(read: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:
    """Return what is read once it is so."""
    deadline = time.monotonic() + PATIENCE
    while not holds(found := read()):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found


@pytest.fixture
def running(control_plane: Any, namespace: str) -> Any:
    """A deployment of one pod, and how to read it."""
    with control_plane.main.client() as client:
        path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
        client.post(path, json=deployment(namespace, 1)).raise_for_status()
        yield client, lambda: client.get(f"{path}/a").raise_for_status().json()


def counts(live: dict[str, Any], namespace: str) -> bool:
    """Return whether the number of replicas is a difference."""
    desired, seen = both(deployment(namespace, 1), live, Rules())
    return seen["spec"].get("replicas") != desired["spec"].get("replicas")


def test_an_autoscaler_writes_replicas_as_its_rule_says(running: Any, namespace: str) -> None:
    client, read = running
    scaler = {
        "metadata": {"name": "a"},
        "spec": {"scaleTargetRef": AUTOSCALED, "minReplicas": 3, "maxReplicas": 5},
    }
    client.post(f"/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers", json=scaler).raise_for_status()
    live = until(read, lambda found: found["spec"]["replicas"] == 3)
    assert not counts(live, namespace)


def test_a_person_who_scales_makes_a_difference(running: Any, namespace: str) -> None:
    client, read = running
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/a/scale"
    headers = {"Content-Type": "application/merge-patch+json"}
    scaled = client.patch(f"{path}?fieldManager=kubectl", json={"spec": {"replicas": 3}}, headers=headers)
    scaled.raise_for_status()
    assert counts(read(), namespace)


def test_the_control_plane_fills_in_an_aggregated_role(running: Any) -> None:
    client, _ = running
    path = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
    live = until(lambda: client.get(f"{path}/view").raise_for_status().json(), lambda found: bool(found.get("rules")))
    desired = {**live, "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "rules": []}
    left, right = both(desired, {**live, "apiVersion": desired["apiVersion"], "kind": "ClusterRole"}, Rules())
    assert left == right
