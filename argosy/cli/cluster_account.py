"""The account that Argosy works with on a cluster: `argocd-manager`, as Argo CD makes it.

Comes in: a cluster, opened as the user. Goes out: the account's token. Called by `cluster add`. The objects are
applied, so that a second call changes nothing.
"""

import asyncio
import base64
from collections.abc import Sequence

from argosy.cli.errors import CommandError
from argosy.engine.model.resource import Manifest
from argosy.gateways.kubernetes.port import ApiResource, Cluster

MANAGER = "argocd-manager"
_ROLE = "argocd-manager-role"
_BINDING = "argocd-manager-role-binding"
_RBAC = "rbac.authorization.k8s.io"
_EVERYTHING = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
_EVERY_PATH = {"nonResourceURLs": ["*"], "verbs": ["*"]}
_TRIES = 60
_SECONDS_BETWEEN_TRIES = 0.5


def _resource(group: str, kind: str, plural: str, *, namespaced: bool) -> ApiResource:
    return ApiResource(group, "v1", kind, plural, namespaced=namespaced, verbs=frozenset({"get", "patch"}))


_SERVICE_ACCOUNTS = _resource("", "ServiceAccount", "serviceaccounts", namespaced=True)
_SECRETS = _resource("", "Secret", "secrets", namespaced=True)
_KINDS = {
    resource.kind: resource
    for resource in (
        _SERVICE_ACCOUNTS,
        _SECRETS,
        _resource(_RBAC, "ClusterRole", "clusterroles", namespaced=False),
        _resource(_RBAC, "ClusterRoleBinding", "clusterrolebindings", namespaced=False),
        _resource(_RBAC, "Role", "roles", namespaced=True),
        _resource(_RBAC, "RoleBinding", "rolebindings", namespaced=True),
    )
}


async def install(cluster: Cluster, *, system_namespace: str, namespaces: Sequence[str]) -> str:
    """Make the account, with rights on everything or on some namespaces only, and return its token.

    Raises `ClusterError` if the user may not, `CommandError` if the cluster gives the account no token.
    """
    await _apply(cluster, _metadata("v1", "ServiceAccount", MANAGER, system_namespace))
    for manifest in _rights(system_namespace, namespaces):
        await _apply(cluster, manifest)
    return await token(cluster, MANAGER, system_namespace=system_namespace)


async def token(cluster: Cluster, account: str, *, system_namespace: str) -> str:
    """Have a lasting token made for an account that exists, and return it."""
    name = f"{account}-long-lived-token"
    secret = _metadata("v1", "Secret", name, system_namespace)
    annotations = {"kubernetes.io/service-account.name": account}
    wanted = {
        **secret,
        "metadata": {**secret["metadata"], "annotations": annotations},
        "type": "kubernetes.io/service-account-token",
    }
    await _apply(cluster, wanted)
    for _ in range(_TRIES):
        found = await cluster.get(_SECRETS, name, namespace=system_namespace)
        encoded = (found.get("data") or {}).get("token")
        if encoded:
            return base64.b64decode(encoded).decode()
        await asyncio.sleep(_SECONDS_BETWEEN_TRIES)
    raise CommandError(
        f"the cluster gave the service account {system_namespace}/{account} no token",
        advice="Does its controller manager run?",
    )


def _rights(system_namespace: str, namespaces: Sequence[str]) -> list[Manifest]:
    if not namespaces:
        role = _metadata(f"{_RBAC}/v1", "ClusterRole", _ROLE)
        binding = _metadata(f"{_RBAC}/v1", "ClusterRoleBinding", _BINDING)
        return [{**role, "rules": [_EVERYTHING, _EVERY_PATH]}, {**binding, **_bound("ClusterRole", system_namespace)}]
    manifests: list[Manifest] = []
    for namespace in namespaces:
        role = _metadata(f"{_RBAC}/v1", "Role", _ROLE, namespace)
        binding = _metadata(f"{_RBAC}/v1", "RoleBinding", _BINDING, namespace)
        manifests += [{**role, "rules": [_EVERYTHING]}, {**binding, **_bound("Role", system_namespace)}]
    return manifests


def _bound(role_kind: str, system_namespace: str) -> Manifest:
    return {
        "roleRef": {"apiGroup": _RBAC, "kind": role_kind, "name": _ROLE},
        "subjects": [{"kind": "ServiceAccount", "name": MANAGER, "namespace": system_namespace}],
    }


def _metadata(api_version: str, kind: str, name: str, namespace: str = "") -> Manifest:
    place = {"namespace": namespace} if namespace else {}
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, **place}}


async def _apply(cluster: Cluster, manifest: Manifest) -> None:
    await cluster.apply(_KINDS[manifest["kind"]], manifest)
