"""What is known of Kubernetes' Go types and not said in their OpenAPI documents. By the names of their components."""

from collections.abc import Mapping
from typing import Any

from argosy.engine.diff.schema.nodes import Form

_MADE_FROM_GO = ("io.k8s.api.", "io.k8s.apimachinery.", "io.k8s.apiextensions-apiserver.", "io.k8s.kube-aggregator.")

FORMS: Mapping[str, Form] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Duration": "duration",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "plain",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "plain",
}
"""Scalars that write themselves in their own way."""

FILLED: Mapping[str, Mapping[str, Any]] = {
    "io.k8s.api.admissionregistration.v1.RuleWithOperations": {"scope": "*"},
    "io.k8s.api.core.v1.ObjectFieldSelector": {"apiVersion": "v1"},
    "io.k8s.api.core.v1.PersistentVolumeClaim": {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "status": {"phase": "Pending"},
    },
    "io.k8s.api.core.v1.PersistentVolumeClaimSpec": {"volumeMode": "Filesystem"},
    "io.k8s.api.core.v1.ServiceAccountTokenProjection": {"expirationSeconds": 3600},
    "io.k8s.api.networking.v1.NetworkPolicyPort": {"protocol": "TCP"},
}
"""What the server fills in inside lists and maps that it replaces as a whole; elsewhere it does not matter to know.

Source: the `SetDefaults_` functions of Kubernetes; a test compares them with a real API server.
"""


def is_made_from_go(component: str) -> bool:
    """Return whether the component describes a Go structure of Kubernetes, and no custom resource."""
    return component.startswith(_MADE_FROM_GO)
