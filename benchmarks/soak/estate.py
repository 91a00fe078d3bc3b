"""The applications that are edited: each has a workload, what it reads, and who may reach it."""

from collections.abc import Sequence
from typing import Any

from argosy.engine.model.resource import Manifest

NAMESPACE = "soak"


def objects(name: str) -> Sequence[Manifest]:
    """Return the objects of an application, as Git has them."""
    labels = {"app.kubernetes.io/name": name, "tier": "web"}
    return [
        _made("v1", "ConfigMap", name, data={"colour": "blue", "level": "info", "file": "a: 1\nb: 2\n"}),
        _made("v1", "Secret", name, stringData={"word": "open"}, data={"key": "c29hayB0ZXN0"}),
        _made("v1", "ServiceAccount", name, automountServiceAccountToken=False),
        _made("v1", "Service", name, spec={"selector": labels, "ports": [{"name": "http", "port": 80}]}),
        _made("apps/v1", "Deployment", name, spec=_workload(labels)),
        _made(
            "policy/v1",
            "PodDisruptionBudget",
            name,
            spec={"maxUnavailable": "50%", "selector": {"matchLabels": labels}},
        ),
        _made(
            "rbac.authorization.k8s.io/v1",
            "Role",
            name,
            rules=[{"apiGroups": [""], "resources": ["pods", "services"], "verbs": ["get", "list"]}],
        ),
        _made(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            name,
            spec={"podSelector": {"matchLabels": labels}, "ingress": [{"ports": [{"port": 8080}]}]},
        ),
    ]


def _workload(labels: dict[str, str]) -> dict[str, Any]:
    container = {
        "name": "main",
        "image": "web:1",
        "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
        "ports": [{"name": "http", "containerPort": 8080}],
        "resources": {"requests": {"cpu": 0.1, "memory": "64Mi"}, "limits": {"memory": "0.5Gi"}},
    }
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    return {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}


def _made(version: str, kind: str, name: str, **more: Any) -> Manifest:
    metadata = {"name": name, "labels": {"tier": "web"}, "annotations": {"note": "from Git"}}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **more}
