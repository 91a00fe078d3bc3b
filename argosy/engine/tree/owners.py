"""Who owns a live object: by its owner references, and by the special rules for kinds that have none (3.37).

What an ownerless object of some kinds says of its owner is a *claim*, a key; an owner *answers to* claims. Called by
`described` for each object, by `walk` and `orphans` for what is ownerless in a namespace, and by the controller's index
for whom to tell of a change.
"""

from collections.abc import Callable, Iterator, Mapping

from argosy.engine import options
from argosy.engine.model.resource import GroupKind, Manifest, ResourceKey
from argosy.engine.tree import reading

CONTROLLER_ONLY = "ControllerReferencesOnly=true"

STATEFUL_SET = GroupKind("apps", "StatefulSet")
VOLUME_CLAIM = GroupKind("", "PersistentVolumeClaim")
_ENDPOINTS = GroupKind("", "Endpoints")
_SERVICE = GroupKind("", "Service")
_SERVICE_ACCOUNT = GroupKind("", "ServiceAccount")
_OPERATOR_GROUP = GroupKind("operators.coreos.com", "OperatorGroup")

_TOKEN = "kubernetes.io/service-account-token"  # noqa: S105  (a type of Secrets)

HEIRS: frozenset[GroupKind] = frozenset((_SERVICE, _SERVICE_ACCOUNT, _OPERATOR_GROUP, STATEFUL_SET))
"""The kinds that own objects which do not refer to them."""


def references(manifest: Manifest) -> tuple[str, ...]:
    """Return the uids of an object's owners; with the option for it, only that of its controller."""
    owners = reading.each(manifest, "metadata", "ownerReferences")
    said = reading.text(manifest, "metadata", "annotations", options.SYNC_OPTIONS) if owners else ""
    controllers_only = CONTROLLER_ONLY in options.listed(said)
    uids = (reading.text(owner, "uid") for owner in owners if not controllers_only or owner.get("controller") is True)
    return tuple(dict.fromkeys(uid for uid in uids if uid))


def may_own(owner: ResourceKey, owned: ResourceKey) -> bool:
    """Return whether an owner reference is valid: within one namespace, or to what is cluster-scoped.

    Kubernetes' garbage collector takes any other as one to an owner that does not exist.
    """
    return owner.namespace in ("", owned.namespace)


def named_by(key: ResourceKey) -> Iterator[ResourceKey]:
    """Yield which objects may own an ownerless one, as far as its key tells; which of them does, their claims tell."""
    if key.group_kind == _ENDPOINTS:
        yield ResourceKey(*_SERVICE, key.namespace, key.name)
    elif key.group_kind == VOLUME_CLAIM:
        stem, _, ordinal = key.name.rpartition("-")
        _, dash, name = stem.partition("-")
        while dash and ordinal.isdecimal():
            yield ResourceKey(*STATEFUL_SET, key.namespace, name)
            _, dash, name = name.partition("-")


def claim_of(key: ResourceKey, manifest: Callable[[], Manifest]) -> ResourceKey | None:
    """Return which owner an ownerless object claims, None if it claims none; it is decoded only if its key is mute."""
    if key.group_kind == VOLUME_CLAIM:
        stem, dash, ordinal = key.name.rpartition("-")
        return key._replace(name=stem) if dash and ordinal.isdecimal() else None
    if key.group_kind == _ENDPOINTS:
        return ResourceKey(*_SERVICE, key.namespace, key.name)
    if key.group_kind in _SPEAKING:
        kind, name = _SPEAKING[key.group_kind](manifest())
        return ResourceKey(*kind, key.namespace, name) if name else None
    return None


def answers_to(key: ResourceKey, manifest: Manifest) -> tuple[ResourceKey, ...]:
    """Return the claims that an object answers to."""
    if key.group_kind == STATEFUL_SET:
        templates = reading.each(manifest, "spec", "volumeClaimTemplates")
        names = dict.fromkeys(reading.text(each, "metadata", "name") for each in templates)
        return tuple(ResourceKey(*VOLUME_CLAIM, key.namespace, f"{name}-{key.name}") for name in names if name)
    return (key,) if key.group_kind in HEIRS else ()


def _of_slice(manifest: Manifest) -> tuple[GroupKind, str]:
    return _SERVICE, reading.labels(manifest).get("kubernetes.io/service-name", "")


def _of_secret(manifest: Manifest) -> tuple[GroupKind, str]:
    """Return the service account whose token a Secret holds; of a Secret held in part, the type is not known."""
    annotations = reading.annotations(manifest)
    named = annotations.get("kubernetes.io/service-account.name", "")
    is_token = manifest.get("type", _TOKEN) == _TOKEN and annotations.get("kubernetes.io/service-account.uid")
    return _SERVICE_ACCOUNT, named if is_token else ""


def _of_service_version(manifest: Manifest) -> tuple[GroupKind, str]:
    return _OPERATOR_GROUP, reading.annotations(manifest).get("olm.operatorGroup", "")


_SPEAKING: Mapping[GroupKind, Callable[[Manifest], tuple[GroupKind, str]]] = {
    GroupKind("", "Secret"): _of_secret,
    GroupKind("discovery.k8s.io", "EndpointSlice"): _of_slice,
    GroupKind("operators.coreos.com", "ClusterServiceVersion"): _of_service_version,
}
