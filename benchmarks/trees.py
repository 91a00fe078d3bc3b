"""What the resource tree of a large application costs: made for the first time, after one change, and to tell of it.

Measured without a cluster, on the controller's own indexes; processor time, since the controller gives way in between.
"""

import time
from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec
import orjson
import table

from app_controller.answers import Answers
from app_controller.nodes import Painter, Terms
from app_controller.observe.live import Live, Reader
from app_controller.observe.objects import Objects
from argosy.engine import tree
from argosy.engine.health import Policy
from argosy.engine.model.resource import GroupKind
from argosy.engine.model.tree import ApplicationTree
from argosy.engine.tracking import Tracking
from argosy.engine.tree import Shown, Surroundings, Versions
from argosy.gateways.clock import SystemClock
from argosy.gateways.kubernetes.port import ApiResource
from argosy.gateways.tools.scripts import Scripts

_DEPLOYMENTS, _PODS = 100, 98
_RUNS = 5
_UNASKED = Answers(cast("Scripts", None), SystemClock())
"""Nothing here is judged by a script."""
_KINDS = (("apps", "Deployment", "deployments"), ("apps", "ReplicaSet", "replicasets"), ("", "Pod", "pods"))


def measure() -> Sequence[table.Row]:
    """Return the times for a tree of 10,000 nodes, and the bytes that one change is told in."""
    cold, warm, told = zip(*(_run() for _ in range(_RUNS)), strict=True)
    number = _DEPLOYMENTS * (2 + _PODS)
    return [
        table.durations(f"processor time of a tree of {number:,} nodes, for the first time", cold),
        table.durations("the same after one of its pods has changed", warm),
        table.counts("bytes in which that is told to who holds the tree", told),
    ]


def _run() -> tuple[float, float, int]:
    cluster = _Cluster()
    for number in range(_DEPLOYMENTS):
        cluster.put("Deployment", f"d{number}", "")
        cluster.put("ReplicaSet", f"r{number}", f"d{number}")
        for pod in range(_PODS):
            cluster.put("Pod", f"p{number}-{pod}", f"r{number}")
    first, version = cluster.show()
    cluster.put("Pod", "p3-3", "r3", version=2)
    second, _ = cluster.show()
    return first, second, len(msgspec.json.encode(cluster.versions.since(version)))


class _Cluster:
    """The controller's index of one application's objects, and its tree."""

    def __init__(self) -> None:
        self._objects = Objects(lambda _: None, marks=Tracking())
        resources = (ApiResource(*kind, namespaced=True, verbs=frozenset()) for kind in _resources())
        self._readers = {resource.kind: Reader(resource, self._objects) for resource in resources}
        self._painter = Painter(Terms(Shown(), Policy(), ()), _UNASKED)
        self.versions = Versions("measured")

    def put(self, kind: str, name: str, owner: str, *, version: int = 1) -> None:
        """Hold an object, or another state of it."""
        live = self._readers[kind].read(orjson.dumps(_manifest(kind, name, owner, version)))
        assert isinstance(live, Live)
        self._objects.put(live)

    def show(self) -> tuple[float, str]:
        """Bring the tree up to date; return the seconds that it took, and its version."""
        begun = time.process_time()
        around = Surroundings(self._objects, self._painter.describe, lambda _: True)
        visited = list(tree.walk(self._objects.of_kind(GroupKind("apps", "Deployment")), around))
        self.versions.take(ApplicationTree(tree.assemble(visited)))
        self._painter.turn()
        return time.process_time() - begun, self.versions.since("").version


def _resources() -> Iterable[tuple[str, str, str, str]]:
    return ((group, "v1", kind, plural) for group, kind, plural in _KINDS)


def _manifest(kind: str, name: str, owner: str, version: int) -> dict[str, Any]:
    references = [{"uid": owner, "apiVersion": "apps/v1", "kind": "x", "name": owner, "controller": True}]
    metadata = {"name": name, "namespace": "n", "uid": name, "resourceVersion": str(version), "labels": {"app": "web"}}
    variables = [{"name": f"VARIABLE_{number}", "value": "x" * 20} for number in range(10)]
    limits = {"requests": {"cpu": "100m", "memory": "128Mi"}}
    container = {"name": "web", "image": "registry.example/web:1", "resources": limits, "env": variables}
    state = {"name": "web", "ready": True, "restartCount": version, "state": {"running": {"startedAt": "now"}}}
    return {
        "apiVersion": "v1" if kind == "Pod" else "apps/v1",
        "kind": kind,
        "metadata": {**metadata, **({"ownerReferences": references} if owner else {})},
        "spec": {"nodeName": "one", "containers": [container]} if kind == "Pod" else {"replicas": _PODS},
        "status": {"phase": "Running", "conditions": [], "containerStatuses": [state]} if kind == "Pod" else {},
    }
