"""A thousand Deployments that nothing is remembered of: how long it takes to know which of them differ, and by whom.

One object is applied, edited by somebody else in one of twenty cases, and read back as the API server holds it; the
thousand are it under other names. What is asked is counted, and one of each kind is really asked.
"""

import asyncio
import gc
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson
import rows

from argosy.engine import diff
from argosy.engine.diff.schema import UNREAD, Schema
from argosy.engine.model.resource import Manifest, key_of
from argosy.engine.normalise import Rules
from argosy.engine.pairing import Pair
from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.openapi import Schemas
from argosy.gateways.kubernetes.port import ApiResource, Cluster

_OBJECTS, _DRIFTED, _RUNS = 1000, 50, 9
_DEPLOYMENTS = ApiResource("apps", "v1", "Deployment", "deployments", namespaced=True, verbs=frozenset())
_RULES = Rules()
_IMAGE = "registry.example.org/shop/web:1.24.3"


def _container(name: str) -> dict[str, Any]:
    probe = {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 10, "failureThreshold": 5}
    return {
        "name": name,
        "image": _IMAGE,
        "ports": [{"name": "http", "containerPort": 8080}, {"name": "metrics", "containerPort": 9090}],
        "env": [{"name": f"SETTING_{number}", "value": f"value {number}"} for number in range(6)]
        + [{"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
        "resources": {"requests": {"cpu": 0.1, "memory": "128Mi"}, "limits": {"cpu": "1000m", "memory": "256Mi"}},
        "readinessProbe": probe,
        "livenessProbe": probe,
        "volumeMounts": [{"name": "config", "mountPath": "/etc/web"}, {"name": "cache", "mountPath": "/cache"}],
    }


def _deployment(name: str) -> dict[str, Any]:
    labels = {"app.kubernetes.io/name": "web", "app.kubernetes.io/instance": name}
    tracking = {"argocd.argoproj.io/tracking-id": f"{name}:apps/Deployment:default/{name}"}
    volumes = [{"name": "config", "configMap": {"name": "web"}}, {"name": "cache", "emptyDir": {}}]
    pod = {"containers": [_container("main")], "volumes": volumes}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "default", "labels": labels, "annotations": tracking},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


async def measure(kubeconfig: Path) -> Sequence[rows.Row]:
    """Return the rows of the comparison: with the schema, and with what was applied last besides."""
    cluster = connect.from_kubeconfig(kubeconfig)
    schemas = Schemas(cluster)
    begun = time.process_time()
    schema = await schemas.of(_DEPLOYMENTS)
    reading = time.process_time() - begun
    assert schema is not UNREAD
    settled, drifted = await _live(cluster, "subject-a", edited=False), await _live(cluster, "subject-b", edited=True)
    for name, verdict in (("subject-a", diff.Same), ("subject-b", diff.Changed)):
        wanted = _deployment(name)
        predicted = await cluster.apply(_DEPLOYMENTS, wanted, dry_run=True)
        now = await cluster.get(_DEPLOYMENTS, name, namespace="default")
        assert isinstance(diff.confirm(Pair(key_of(wanted), wanted, now), predicted, _RULES, schema=schema), verdict)
    found = [
        rows.Row(what="read the schema of Deployments, once", figure=f"{reading * 1000:.0f} ms"),
        *_compared(settled, drifted, schema),
    ]
    await cluster.close()
    await asyncio.sleep(0.05)
    return found


async def _live(cluster: Cluster, name: str, *, edited: bool) -> Manifest:
    """Return the object as it runs, ready."""
    await cluster.apply(_DEPLOYMENTS, _deployment(name))
    while True:
        live = await cluster.get(_DEPLOYMENTS, name, namespace="default")
        if live.get("status", {}).get("readyReplicas"):
            break
        await asyncio.sleep(0.2)
    if edited:
        image = {"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "web:edited"}
        live = await cluster.patch(_DEPLOYMENTS, name, [image], namespace="default", patch_type="json")
    return live


def _compared(settled: Manifest, drifted: Manifest, schema: Schema) -> Sequence[rows.Row]:
    """Return the rows of a thousand, each decoded from bytes as the cache holds it."""
    names = [f"web-{number}" for number in range(_OBJECTS)]
    every = _OBJECTS // _DRIFTED
    desired = [orjson.dumps(_deployment(name)) for name in names]
    live = [_renamed(drifted if at % every == 0 else settled, name) for at, name in enumerate(names)]
    whole = [(each, _renamed(settled, name)) for each, name in zip(desired, names, strict=True)]
    sizes = f"manifest {len(desired[1]) / 1000:.1f} kB, live {len(live[1]) / 1000:.1f} kB"
    pairs = [_pair(*each) for each in zip(desired, live, strict=True)]
    # As it was noted when each was applied: the edited ones had another owner of nothing then.
    applied = [
        diff.receipt(each.desired or {}, _pair(*ends).live or {}) for each, ends in zip(pairs, whole, strict=True)
    ]
    what = f"{_OBJECTS:,} Deployments cold ({sizes}, {_DRIFTED} drifted)"
    said = {
        "with the schema": lambda: [diff.compare(each, _RULES, schema=schema) for each in pairs],
        "with the schema and what was applied": lambda: [
            diff.compare(each, _RULES, schema=schema, applied=known) for each, known in zip(pairs, applied, strict=True)
        ],
        "with neither": lambda: [diff.compare(each, _RULES) for each in pairs],
        "with the schema, and the server is not asked (ServerSideDiff=false)": lambda: [
            diff.compare(each, _RULES, schema=schema, strategy=diff.Strategy("never")) for each in pairs
        ],
    }
    found = [_row(f"{what}: {how}", compare) for how, compare in said.items()]
    decoding = _timed(lambda: [_pair(*each) for each in zip(desired, live, strict=True)])
    return [*found, rows.Row(what="decode both sides of the thousand", figure=rows.milliseconds(decoding))]


def _row(what: str, compare: Callable[[], list[Any]]) -> rows.Row:
    verdicts = compare()
    asked = sum(isinstance(each, diff.AskServer) for each in verdicts)
    changed = sum(isinstance(each, diff.Changed) for each in verdicts)
    figure = f"{rows.milliseconds(_timed(compare))}, {asked} dry runs, {changed} changed"
    return rows.Row(what=what, figure=figure, target=f"80 ms, {_DRIFTED} dry runs")


def _timed(work: Callable[[], object]) -> list[float]:
    measured: list[float] = []
    # As in the controller, the collector leaves alone what stays.
    gc.freeze()
    for _ in range(_RUNS):
        gc.collect()
        begun = time.process_time()
        work()
        measured.append(time.process_time() - begun)
    return measured


def _pair(desired: bytes, live: bytes) -> Pair:
    wanted = orjson.loads(desired)
    return Pair(key_of(wanted), wanted, orjson.loads(live))


def _renamed(live: Manifest, name: str) -> bytes:
    """Return the object under another name, wherever the name stands."""
    old = str(live["metadata"]["name"])
    text = orjson.dumps(live).decode()
    tracking = f"{old}:apps/Deployment:default/{old}"
    renamed = text.replace(f'"{old}"', f'"{name}"').replace(tracking, tracking.replace(old, name))
    return renamed.encode()
