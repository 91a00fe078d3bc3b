"""Stamp ownership on desired objects, and read it from live ones. The values are Argo CD's, so either finds its own.

Called before pairing (stamp) and by the live cache (read). Knows nothing of where the objects come from.
"""

from dataclasses import dataclass
from typing import Any, Literal

from argosy.engine.model.resource import GroupKind, Manifest, ResourceKey, annotations_of, key_of, labels_of

TRACKING_ID = "argocd.argoproj.io/tracking-id"
INSTALLATION_ID = "argocd.argoproj.io/installation-id"
DEFAULT_LABEL_KEY = "app.kubernetes.io/instance"
CRD = GroupKind("apiextensions.k8s.io", "CustomResourceDefinition")

_LABEL_LENGTH = 63

Method = Literal["annotation", "annotation+label", "label"]


@dataclass(frozen=True, slots=True)
class Tracking:
    """How ownership is marked, from the settings `application.resourceTrackingMethod` and those beside it."""

    method: Method = "annotation"
    label_key: str = DEFAULT_LABEL_KEY
    installation_id: str = ""


@dataclass(frozen=True, slots=True)
class Owner:
    """The application instance that an object says it belongs to.

    A tracking id that names another object is a copy's: `own` is false, and the object is neither compared nor pruned.
    """

    instance: str
    own: bool


def tracking_id(instance: str, key: ResourceKey) -> str:
    """Return `<instance>:<group>/<Kind>:<namespace>/<name>`; the namespace slot of `key` is taken as it is."""
    return f"{instance}:{key.group}/{key.kind}:{key.namespace}/{key.name}"


def stamp(manifest: Manifest, instance: str, *, tracking: Tracking, namespace: str) -> Manifest:
    """Return the manifest marked as the instance's; CRDs are returned as they are.

    `namespace` is the destination namespace, which Argo CD puts into the id of a cluster-scoped object.
    """
    key = key_of(manifest)
    if key.group_kind == CRD:
        return manifest
    annotations: dict[str, str] = {}
    labels: dict[str, str] = {}
    if tracking.method != "label":
        annotations[TRACKING_ID] = tracking_id(instance, key._replace(namespace=key.namespace or namespace))
        if tracking.installation_id:
            annotations[INSTALLATION_ID] = tracking.installation_id
    if tracking.method == "annotation+label":
        labels[tracking.label_key] = instance[:_LABEL_LENGTH].rstrip("-_.")
    if tracking.method == "label":
        labels[tracking.label_key] = instance
    return _with_metadata(manifest, annotations, labels)


def _with_metadata(manifest: Manifest, annotations: dict[str, str], labels: dict[str, str]) -> Manifest:
    metadata: dict[str, Any] = dict(manifest.get("metadata") or {})
    if annotations:
        metadata["annotations"] = {**annotations_of(manifest), **annotations}
    if labels:
        metadata["labels"] = {**labels_of(manifest), **labels}
    return {**manifest, "metadata": metadata}


def owner_of(manifest: Manifest, tracking: Tracking) -> Owner | None:
    """Return whose the live object says it is, or None if it is nobody's, or another installation's."""
    if tracking.method == "label":
        instance = labels_of(manifest).get(tracking.label_key, "")
        return Owner(instance, own=True) if instance else None
    annotations = annotations_of(manifest)
    if tracking.installation_id and annotations.get(INSTALLATION_ID, "") != tracking.installation_id:
        return None
    return read_tracking_id(annotations.get(TRACKING_ID, ""), key_of(manifest))


def read_tracking_id(value: str, key: ResourceKey) -> Owner | None:
    """Return the owner that a tracking id names for the object with this key; None if it is empty or malformed."""
    parts = value.split(":", 2)
    if len(parts) != 3:
        return None
    instance, group_kind, path = parts
    group, _, kind = group_kind.rpartition("/")
    namespace, slash, name = path.partition("/")
    if not (instance and kind and slash and name):
        return None
    same_place = not key.namespace or namespace == key.namespace
    return Owner(instance, own=(group, kind, name) == (key.group, key.kind, key.name) and same_place)
