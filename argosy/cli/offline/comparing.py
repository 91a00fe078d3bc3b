"""What a sync would change if a folder on this machine were what is in Git. Called by `app diff --local`.

Comes in: the manifests of the folder, and the managed resources as the server compared them. Goes out: the same
resources with the folder's manifests as what is wanted. What a sync would make of an object is not asked of the cluster
again: the server's own answer, for the manifest that it compared, is changed by what the two manifests differ in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from argosy.cli.managed import ManagedResource
from argosy.cli.offline import overrides
from argosy.cli.offline.merging import merged
from argosy.cli.offline.served import Served
from argosy.cli.printing import note
from argosy.engine import redact, targets
from argosy.engine.diff.fields import ABSENT
from argosy.engine.model.resource import GroupKind, Manifest, ResourceKey
from argosy.engine.normalise import Rules, normalise

_CLUSTER_SCOPED = (
    GroupKind("", "Namespace"),
    GroupKind("", "Node"),
    GroupKind("", "PersistentVolume"),
    GroupKind("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    GroupKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    GroupKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
    GroupKind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"),
    GroupKind("apiregistration.k8s.io", "APIService"),
    GroupKind("networking.k8s.io", "IngressClass"),
    GroupKind("node.k8s.io", "RuntimeClass"),
    GroupKind("rbac.authorization.k8s.io", "ClusterRole"),
    GroupKind("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    GroupKind("scheduling.k8s.io", "PriorityClass"),
    GroupKind("storage.k8s.io", "CSIDriver"),
    GroupKind("storage.k8s.io", "StorageClass"),
)
"""Kubernetes' own, for what the server has not compared before."""


def resources(
    served: Served, known: Sequence[ManagedResource], environment: Mapping[str, str]
) -> list[ManagedResource]:
    """Return the resources as they compare with the folder, in the order of their keys. Raises `CommandError`.

    Secrets are left out: the server shows none of their values.
    """
    wanted = _wanted(served, known)
    sides = [*wanted.values(), *(side for each in known for side in (each.live, each.target) if side is not None)]
    rules = overrides.informed(Rules(served.rendered.application.spec.ignore_differences), sides, environment)
    compared = {each.key: each for each in known if not each.hook}
    keys = sorted(compared.keys() | wanted.keys())
    found = [_one(key, wanted.get(key), compared.get(key), rules) for key in keys]
    shown = [each for each in found if not (redact.is_secret(each.target) or redact.is_secret(each.live))]
    if len(shown) < len(found):
        note("note: Secrets are not compared, because the server shows none of their values")
    return [each for each in shown if each.live or each.target]


def _wanted(served: Served, known: Sequence[ManagedResource]) -> Mapping[ResourceKey, Manifest]:
    """Return what the folder wants, each object in its namespace and marked."""
    scopes = dict.fromkeys(_CLUSTER_SCOPED, False) | {each.key.group_kind: bool(each.key.namespace) for each in known}
    prepared = targets.prepare(
        served.rendered.manifests,
        served.rendered.instance,
        namespace=served.rendered.application.spec.destination.namespace,
        namespaced=scopes.get,
        marks=served.marks,
    )
    for condition in prepared.conditions:
        note(f"warning: {condition.message}")
    return {key: packed.manifest() for key, packed in prepared.desired.items()}


def _one(key: ResourceKey, wanted: Manifest | None, known: ManagedResource | None, rules: Rules) -> ManagedResource:
    if known is None:
        return ManagedResource(key, wanted, live=None, normalized_live=None, predicted_live=None, hook=False)
    if wanted is None or known.live is None:
        return replace(known, target=wanted)
    seen = known.normalized_live or known.live
    if known.target is None:
        # It runs, and is in Git no more, so that the server compared it with nothing.
        seen = normalise(known.live, rules)
        base, after = ABSENT, seen
    else:
        base, after = normalise(known.target, rules), known.predicted_live or seen
    predicted = merged(base, normalise(wanted, rules), after)
    return replace(known, target=wanted, normalized_live=seen, predicted_live=predicted)
