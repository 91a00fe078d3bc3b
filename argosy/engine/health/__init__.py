"""A live object -> its health; the objects of an application -> the application's health.

One family of kinds per module, and the table of them. Rules: table 5.1 and section 5.4 of Argo CD's behaviour.
"""

from collections.abc import Callable

from argosy.engine.health import argo, autoscaling, catalogue, networking, pods, storage, workloads
from argosy.engine.health.rollup import Part, roll_up
from argosy.engine.health.verdict import Health
from argosy.engine.model.resource import GroupKind, Manifest, key_of, version_of

__all__ = ["TABLE", "Health", "Part", "assess", "roll_up"]

HOOK_FINALIZER = "argocd.argoproj.io/hook-finalizer"

Check = Callable[[Manifest], Health]

TABLE: dict[GroupKind, tuple[Check, frozenset[str]]] = {
    GroupKind(group, kind): (check, frozenset(versions.split()))
    for group, kind, check, versions in (
        ("apps", "Deployment", workloads.deployment, "v1"),
        ("apps", "ReplicaSet", workloads.replica_set, "v1"),
        ("apps", "StatefulSet", workloads.stateful_set, "v1"),
        ("apps", "DaemonSet", workloads.daemon_set, "v1"),
        ("batch", "Job", workloads.job, "v1"),
        ("", "Pod", pods.pod, "v1"),
        ("", "Service", networking.service, "v1"),
        ("", "PersistentVolumeClaim", storage.persistent_volume_claim, "v1"),
        ("networking.k8s.io", "Ingress", networking.ingress, "v1 v1beta1"),
        ("extensions", "Ingress", networking.ingress, "v1beta1"),
        ("autoscaling", "HorizontalPodAutoscaler", autoscaling.horizontal_pod_autoscaler, "v1 v2 v2beta1 v2beta2"),
        ("apiregistration.k8s.io", "APIService", networking.api_service, "v1 v1beta1"),
        ("argoproj.io", "Workflow", argo.workflow, "v1alpha1"),
    )
}


def assess(manifest: Manifest) -> Health | None:
    """Return the health of a live object, None for a kind that has no check."""
    metadata = manifest.get("metadata") or {}
    if metadata.get("deletionTimestamp") and HOOK_FINALIZER not in (metadata.get("finalizers") or ()):
        return Health("Progressing", "Pending deletion")
    key = key_of(manifest)
    if key.group_kind in TABLE and version_of(manifest) not in TABLE[key.group_kind][1]:
        return Health("Unknown", f"unsupported {key.group_kind} version: {manifest.get('apiVersion')}")
    check = TABLE[key.group_kind][0] if key.group_kind in TABLE else catalogue.check_for(key.group_kind)
    if check is None:
        return None
    try:
        return check(manifest)
    except (TypeError, ValueError, AttributeError) as error:
        return Health("Unknown", f"{key} has a malformed status: {error}")
