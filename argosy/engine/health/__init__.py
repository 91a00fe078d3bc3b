"""A live object -> its health; the objects of an application -> the application's health.

One family of kinds per module, and the table of them. Rules: table 5.1 and section 5.4 of Argo CD's behaviour. What
users say of a kind goes first: see `policy`.
"""

from collections.abc import Callable

from argosy.engine.health import argo, autoscaling, catalogue, networking, pods, storage, workloads
from argosy.engine.health.generic import by_conventions
from argosy.engine.health.policy import LuaHealth, Policy, from_failure, from_script, is_pending_deletion, question
from argosy.engine.health.rollup import ORDER, roll_up
from argosy.engine.health.verdict import Health
from argosy.engine.model.resource import GroupKind, Manifest, group_of, version_of

__all__ = [
    "ORDER",
    "TABLE",
    "Health",
    "LuaHealth",
    "Policy",
    "assess",
    "from_failure",
    "from_script",
    "question",
    "roll_up",
]

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


_USUAL = Policy()


def assess(manifest: Manifest, policy: Policy = _USUAL, answer: Health | None = None) -> Health | None:
    """Return the health of a live object, None for a kind that has no check.

    `answer` is what the user's script said, where `question` returns one. If the policy is `generic`, a kind that no
    family has is judged by what conditions and phases commonly mean. A status of the wrong shape is Unknown, never an
    error: it is whatever somebody's controller wrote.
    """
    try:
        return _judge(manifest, policy, answer)
    except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError) as error:
        return Health("Unknown", f"{manifest.get('kind')} has a malformed status: {error}")


def _judge(manifest: Manifest, policy: Policy, answer: Health | None) -> Health | None:
    kind = GroupKind(group_of(str(manifest.get("apiVersion", ""))), str(manifest.get("kind", "")))
    if is_pending_deletion(manifest):
        of_deletion = catalogue.check_of_deletion(kind)
        return Health("Progressing", "Pending deletion") if of_deletion is None else of_deletion(manifest)
    if policy.scripts and policy.script_for(kind):
        return answer or from_failure("its health script has not been run")
    if kind in TABLE:
        check, versions = TABLE[kind]
        if version_of(manifest) not in versions:
            return Health("Unknown", f"unsupported {kind} version: {manifest.get('apiVersion')}")
        return check(manifest)
    of_family = catalogue.check_for(kind)
    if of_family is not None:
        return of_family(manifest)
    return by_conventions(manifest) if policy.generic else None
