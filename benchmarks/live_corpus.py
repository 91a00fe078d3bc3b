"""Objects of a large cluster, made up but of the shapes and sizes that real ones have; always the same.

Half are pods, three to a ReplicaSet, a quarter ConfigMaps, the rest Secrets, Deployments and Services. What may be
managed carries an application's mark, up to a share of all.
"""

import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from argosy.gateways.kubernetes.port import ApiResource

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_NAMESPACES, _APPLICATIONS = 500, 2000
_TIME = "2026-03-14T15:09:26Z"
_CONDITIONS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


def _resource(group: str, kind: str, plural: str) -> ApiResource:
    return ApiResource(group, "v1", kind, plural, namespaced=True, verbs=frozenset({"get", "list", "watch"}))


PODS = _resource("", "Pod", "pods")
CONFIG_MAPS = _resource("", "ConfigMap", "configmaps")
SECRETS = _resource("", "Secret", "secrets")
DEPLOYMENTS = _resource("apps", "Deployment", "deployments")
SERVICES = _resource("", "Service", "services")
# Of a hundred objects, up to which are of a kind.
_SHARES = ((50, PODS), (75, CONFIG_MAPS), (80, SECRETS), (90, DEPLOYMENTS), (100, SERVICES))
_MANAGED = (CONFIG_MAPS, DEPLOYMENTS, SERVICES)


@dataclass(frozen=True)
class Thing:
    """An object as the API server sends it."""

    resource: ApiResource
    manifest: bytes


def things(count: int, *, managed: int) -> Iterator[Thing]:
    """Yield so many objects, of which so many (as far as there are such kinds) carry an application's mark."""
    maker = _Maker()
    for number in range(count):
        resource = next(resource for share, resource in _SHARES if number % 100 < share)
        marked = managed > 0 and resource in _MANAGED
        managed -= marked
        yield Thing(resource, orjson.dumps(maker.make(number, resource, f"app-{number % _APPLICATIONS}" * marked)))


class _Maker:
    def __init__(self) -> None:
        self._random = random.Random(7)
        self._version = 1_000_000
        self._owner: Mapping[str, Any] = {}

    def make(self, number: int, resource: ApiResource, mark: str) -> Mapping[str, Any]:
        metadata = self._metadata(number, resource, mark)
        if resource is PODS and number % 3 == 0:
            self._owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "app-1", "uid": self._uid()}
        bodies: dict[ApiResource, Any] = {
            PODS: lambda: {"spec": self._pod_spec(), "status": self._pod_status()},
            CONFIG_MAPS: lambda: {"data": {f"key-{self._word(4)}": self._word(20) for _ in range(12)}},
            SECRETS: lambda: {"type": "Opaque", "data": {"token": self._word(400), "other": self._word(300)}},
            DEPLOYMENTS: lambda: {"spec": {"replicas": 3, "template": {"spec": self._pod_spec()}}, "status": {}},
            SERVICES: lambda: {"spec": {"ports": [{"port": 80}], "clusterIP": self._word(9)}, "status": {}},
        }
        made = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata}
        return {**made, **bodies[resource]()}

    def _metadata(self, number: int, resource: ApiResource, mark: str) -> Mapping[str, Any]:
        self._version += self._random.randint(1, 30)
        name, namespace = f"app-{number}-{self._word(5)}", f"team-{number % _NAMESPACES}"
        identity = f"{mark}:{resource.group}/{resource.kind}:{namespace}/{name}"
        fields = {
            "f:spec": {f"f:{name}": {} for name in ("replicas", "selector", "strategy", "template", "containers")}
        }
        managers = [{"manager": each, "operation": "Update", "time": _TIME, "fieldsV1": fields} for each in ("a", "b")]
        return {
            "name": name,
            "namespace": namespace,
            "uid": self._uid(),
            "resourceVersion": str(self._version),
            "creationTimestamp": _TIME,
            "labels": {"app": f"app-{number % _APPLICATIONS}", "pod-template-hash": self._word(10)},
            "annotations": {"argocd.argoproj.io/tracking-id": identity} if mark else {},
            "ownerReferences": [self._owner] if resource is PODS and self._owner else [],
            "managedFields": managers,
        }

    def _pod_spec(self) -> Mapping[str, Any]:
        container = {
            "name": "main",
            "image": f"registry.example.com/team/app:v1.{self._random.randint(0, 99)}",
            "env": [{"name": f"VARIABLE_{number}", "value": self._word(8)} for number in range(6)],
            "resources": {"limits": {"cpu": "500m", "memory": "512Mi"}, "requests": {"cpu": "100m"}},
            "terminationMessagePath": "/dev/termination-log",
            "imagePullPolicy": "IfNotPresent",
        }
        return {
            "containers": [container],
            "nodeName": f"node-{self._random.randint(0, 200)}",
            "serviceAccountName": "default",
            "tolerations": [{"key": "node.kubernetes.io/not-ready", "effect": "NoExecute", "tolerationSeconds": 300}],
            "schedulerName": "default-scheduler",
            "terminationGracePeriodSeconds": 30,
        }

    def _pod_status(self) -> Mapping[str, Any]:
        conditions = [{"type": each, "status": "True", "lastTransitionTime": _TIME} for each in _CONDITIONS]
        container = {"name": "main", "ready": True, "restartCount": 0, "imageID": f"sha256:{self._word(64)}"}
        return {"phase": "Running", "conditions": conditions, "containerStatuses": [container], "podIP": self._word(9)}

    def _uid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128)))

    def _word(self, length: int) -> str:
        return "".join(self._random.choices(_LETTERS, k=length))
