"""The table of what Go types fill in, against a real API server: each entry is in an answer that nobody asked it of."""

from typing import Any

import pytest

from argosy.engine.diff.schema import go_types
from argosy.engine.model.resource import group_of, version_of
from argosy.gateways.kubernetes.port import ApiResource
from tests.diff.conftest import Server

TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
CLAIM = {
    "metadata": {"name": "c"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1"}}},
}
STATEFUL_SET = {
    "apiVersion": "apps/v1",
    "kind": "StatefulSet",
    "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": TEMPLATE, "volumeClaimTemplates": [CLAIM]},
}
TOKEN = {"projected": {"sources": [{"serviceAccountToken": {"path": "p"}}]}}
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "spec": {
        "containers": [
            {
                "name": "c",
                "image": "i",
                "env": [{"name": "N", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
            }
        ],
        "volumes": [{"name": "v", **TOKEN}],
    },
}
POLICY = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "spec": {"podSelector": {}, "ingress": [{"ports": [{"port": 1}]}]},
}
RULE = {"apiGroups": ["x.example"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["none"]}
WEBHOOK = {
    "name": "a.example.org",
    "clientConfig": {"url": "https://127.0.0.1:1/"},
    "rules": [RULE],
    "sideEffects": "None",
    "admissionReviewVersions": ["v1"],
}
WEBHOOKS = {
    "apiVersion": "admissionregistration.k8s.io/v1",
    "kind": "ValidatingWebhookConfiguration",
    "webhooks": [WEBHOOK],
}
PLACES = {
    "io.k8s.api.admissionregistration.v1.RuleWithOperations": (WEBHOOKS, ("webhooks", 0, "rules", 0)),
    "io.k8s.api.core.v1.ObjectFieldSelector": (
        POD,
        ("spec", "containers", 0, "env", 0, "valueFrom", "fieldRef"),
    ),
    "io.k8s.api.core.v1.PersistentVolumeClaim": (STATEFUL_SET, ("spec", "volumeClaimTemplates", 0)),
    "io.k8s.api.core.v1.PersistentVolumeClaimSpec": (STATEFUL_SET, ("spec", "volumeClaimTemplates", 0, "spec")),
    "io.k8s.api.core.v1.ServiceAccountTokenProjection": (
        POD,
        ("spec", "volumes", 0, "projected", "sources", 0, "serviceAccountToken"),
    ),
    "io.k8s.api.networking.v1.NetworkPolicyPort": (POLICY, ("spec", "ingress", 0, "ports", 0)),
}


def test_every_entry_is_tested() -> None:
    assert PLACES.keys() == go_types.FILLED.keys()


@pytest.mark.parametrize("component", list(PLACES))
def test_the_server_fills_in_what_the_table_says(server: Server, component: str) -> None:
    manifest, way = PLACES[component]
    kind = str(manifest["kind"])
    plural = {"NetworkPolicy": "networkpolicies"}.get(kind, f"{kind.lower()}s")
    namespaced = manifest is not WEBHOOKS
    version = str(manifest["apiVersion"])
    resource = ApiResource(
        group_of(version), version_of(manifest), kind, plural, namespaced=namespaced, verbs=frozenset()
    )
    metadata = {"name": "filled", **({"namespace": server.namespace} if namespaced else {})}

    async def make() -> Any:
        return await server.cluster.create(resource, {**manifest, "metadata": metadata}, dry_run=True)

    found, asked = server.run(make), manifest
    for step in way:
        found, asked = found[step], asked[step]  # type: ignore[index]
    for name, value in go_types.FILLED[component].items():
        assert name not in asked
        assert found[name] == value
