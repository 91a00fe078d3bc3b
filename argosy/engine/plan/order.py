"""In which order objects are applied: wave, kind, name; namespaces and definitions before what needs them.

Source: Argo CD's list of 35 kinds (4.12); all other kinds come last. Prune waves are mirrored (4.21).
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from argosy.engine import tracking
from argosy.engine.model.resource import GroupKind, Manifest, ResourceKey, key_of
from argosy.engine.options import wave_of

KINDS = (
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
)

_RANK: Mapping[str, int] = {kind: rank for rank, kind in enumerate(KINDS)}

Subject = TypeVar("Subject")


def rank_of(kind: str) -> int:
    """Return the place of a kind in the order of kinds."""
    return _RANK.get(kind, len(KINDS))


def waves_of(manifests: Iterable[Manifest]) -> dict[ResourceKey, int]:
    """Return the wave of each object; one that others need moves forward to the first wave that needs it."""
    given = tuple(manifests)
    waves = {key_of(manifest): wave_of(manifest) for manifest in given}
    first_in_namespace = _earliest((key.namespace, wave) for key, wave in waves.items())
    first_of_kind = _earliest((key.group_kind, wave) for key, wave in waves.items())
    for manifest in given:
        key = key_of(manifest)
        if key.group_kind == GroupKind("", "Namespace"):
            waves[key] = min(waves[key], first_in_namespace.get(key.name, waves[key]))
        elif key.group_kind == tracking.CRD:
            waves[key] = min(waves[key], first_of_kind.get(_defines(manifest), waves[key]))
    return waves


def _defines(manifest: Manifest) -> GroupKind:
    spec = manifest.get("spec") or {}
    return GroupKind(str(spec.get("group") or ""), str((spec.get("names") or {}).get("kind") or ""))


def _earliest(pairs: Iterable[tuple[Subject, int]]) -> dict[Subject, int]:
    earliest: dict[Subject, int] = {}
    for subject, wave in pairs:
        earliest[subject] = min(wave, earliest.get(subject, wave))
    return earliest


def mirrored(waves: Iterable[int]) -> dict[int, int]:
    """Return the prune wave for each wave: what was created last goes first."""
    distinct = sorted(set(waves))
    return dict(zip(distinct, reversed(distinct), strict=True))
