"""The rules of a role that is put together from others are the control plane's, not the user's (3.7).

"The control plane overwrites any values that you manually specify in the rules field of an aggregate ClusterRole"
(Kubernetes, "Using RBAC authorization"). Whether that counts, `ignoreAggregatedRoles` of the settings says (3.9).
"""

from argosy.engine.model.resource import Manifest, group_of
from argosy.engine.normalise.rules import Rules

_GROUP = "rbac.authorization.k8s.io"


def without_aggregated(manifest: Manifest, rules: Rules) -> Manifest:
    """Return a role without its rules if they are aggregated and do not count; no rules at all are none, not null."""
    if manifest.get("kind") not in ("ClusterRole", "Role") or group_of(str(manifest.get("apiVersion"))) != _GROUP:
        return manifest
    aggregated = rules.ignore_aggregated_roles and manifest.get("aggregationRule")
    if "rules" in manifest and (aggregated or not manifest["rules"]):
        return {key: value for key, value in manifest.items() if key != "rules"}
    return manifest
