"""The objects that an installation starts with, as values: settings, secrets, the default project. Pure.

Names and keys are Argo CD's. Each is created only where it is missing; nothing that exists is changed.
"""

import base64
from collections.abc import Mapping
from typing import Any

Manifest = Mapping[str, Any]

OURS = "argosy/managed"
"""The annotation by which an installation knows its own `argocd-secret`."""

ACCOUNTS_SECRET = "argocd-secret"  # noqa: S105  a name
INITIAL_PASSWORD_SECRET = "argocd-initial-admin-secret"  # noqa: S105  a name

AS_BEFORE: Mapping[str, str] = {"argosy.health.generic": "false", "argosy.ignoreDifferences.shipped": "false"}
"""Keys of `argocd-cm` with which an installation of Argo CD's is judged as it was (decision 10)."""

SETTINGS = "argocd-cm"
_SETTINGS = ("argocd-rbac-cm", "argocd-cmd-params-cm", "argocd-notifications-cm", "argocd-gpg-keys-cm")
_TRUST = ("argocd-tls-certs-cm", "argocd-ssh-known-hosts-cm")

EXCLUSIONS = """\
- apiGroups: ["", "discovery.k8s.io"]
  kinds: [Endpoints, EndpointSlice]
- apiGroups: [authentication.k8s.io, authorization.k8s.io]
  kinds: ["*"]
- apiGroups: [certificates.k8s.io]
  kinds: [CertificateSigningRequest]
- apiGroups: [cert-manager.io]
  kinds: [CertificateRequest]
- apiGroups: [cilium.io]
  kinds: [CiliumIdentity, CiliumEndpoint, CiliumEndpointSlice]
- apiGroups: [kyverno.io, reports.kyverno.io, wgpolicyk8s.io]
  kinds: [PolicyReport, ClusterPolicyReport, EphemeralReport, ClusterEphemeralReport, AdmissionReport,
          ClusterAdmissionReport, BackgroundScanReport, ClusterBackgroundScanReport, UpdateRequest]
"""


def namespace(name: str) -> Manifest:
    """Return the control namespace."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def settings(control_namespace: str) -> list[Manifest]:
    """Return the settings ConfigMaps and the project that permits everything."""
    general = {"resource.exclusions": EXCLUSIONS}
    return [
        _config_map(SETTINGS, control_namespace, general),
        *(_config_map(name, control_namespace, {}) for name in (*_SETTINGS, *_TRUST)),
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "AppProject",
            "metadata": {"name": "default", "namespace": control_namespace},
            "spec": {
                "sourceRepos": ["*"],
                "destinations": [{"server": "*", "namespace": "*"}],
                "clusterResourceWhitelist": [{"group": "*", "kind": "*"}],
            },
        },
    ]


def accounts(control_namespace: str, *, password_hash: str, changed_at: str, signing_key: str) -> Manifest:
    """Return the Secret with the admin's password hash and the key that sessions are signed with."""
    values = {
        "admin.password": password_hash,
        "admin.passwordMtime": changed_at,
        "server.secretkey": signing_key,
    }
    return _secret(ACCOUNTS_SECRET, control_namespace, values)


def initial_password(control_namespace: str, password: str) -> Manifest:
    """Return the Secret in which a person finds the first password."""
    return _secret(INITIAL_PASSWORD_SECRET, control_namespace, {"password": password})


def _labels(name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "argocd"}


def _config_map(name: str, control_namespace: str, data: Mapping[str, str]) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": control_namespace, "labels": _labels(name)},
        **({"data": dict(data)} if data else {}),
    }


def _secret(name: str, control_namespace: str, values: Mapping[str, str]) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name,
            "namespace": control_namespace,
            "labels": _labels(name),
            "annotations": {OURS: "true"},
        },
        "type": "Opaque",
        "data": {key: base64.b64encode(value.encode()).decode() for key, value in values.items()},
    }


def text_of(secret: Manifest, key: str) -> str:
    """Return the text of a Secret's key, "" if it is not there."""
    return base64.b64decode((secret.get("data") or {}).get(key, "")).decode()
