"""The facts that are shown beside a node of the tree, by kind, and how traffic reaches it. Source: Argo CD, 3.38."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from argosy.engine.model.resource import GroupKind, Manifest
from argosy.engine.model.tree import InfoItem, NetworkingInfo
from argosy.engine.tree import gateways, links, mesh, networking, pods, reading

MANAGED_BY_URL = "argocd.argoproj.io/managed-by-url"

_REVISIONS = ("deployment.kubernetes.io/revision", "rollout.argoproj.io/revision")
_TEMPLATES = (("spec", "jobTemplate", "spec", "template", "spec"), ("spec", "template", "spec"), ("spec",))


@dataclass(frozen=True, slots=True)
class Shown:
    """What the settings let the tree show: labels of objects beside them, labels of cluster nodes beside hosts."""

    labels: tuple[str, ...] = ()
    node_labels: tuple[str, ...] = ()


NOTHING_MORE = Shown()


def images_of(manifest: Manifest) -> tuple[str, ...]:
    """Return the images of a pod or of a workload's pod template, each once, in order."""
    pod = next((found for path in _TEMPLATES if (found := reading.mapping(manifest, *path))), {})
    fields = ("initContainers", "containers")
    found = (reading.text(each, "image") for field in fields for each in reading.each(pod, field))
    return tuple(dict.fromkeys(image for image in found if image))


def info_of(manifest: Manifest, kind: GroupKind, shown: Shown = NOTHING_MORE) -> tuple[InfoItem, ...]:
    """Return the facts to show beside the object: its revision, the labels that are to be shown, what its kind has."""
    own = _INFO[kind](manifest) if kind in _INFO else ()
    return (*_revision(manifest, kind), *_listed(manifest, shown), *own)


def networking_of(manifest: Manifest, kind: GroupKind) -> NetworkingInfo | None:
    """Return how traffic reaches the object, None for one that no traffic reaches and that has no links."""
    own = _NETWORKING[kind](manifest) if kind in _NETWORKING else None
    added = links.of(manifest)
    if not added:
        return own
    found = own or NetworkingInfo()
    return replace(found, external_urls=tuple(dict.fromkeys((*added, *found.external_urls))))


def _listed(manifest: Manifest, shown: Shown) -> tuple[InfoItem, ...]:
    labels = reading.labels(manifest) if shown.labels else {}
    return tuple(InfoItem(name, labels[name]) for name in shown.labels if name in labels)


def _revision(manifest: Manifest, kind: GroupKind) -> tuple[InfoItem, ...]:
    texts = [reading.text(manifest, "metadata", "annotations", key) for key in _REVISIONS]
    if kind == _CONTROLLER_REVISION:
        texts.append(str(reading.number(manifest, "revision")))
    numbers = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 20]
    return tuple(InfoItem("Revision", f"Rev:{number}") for number in numbers[:1] if number)


def _application(manifest: Manifest) -> tuple[InfoItem, ...]:
    revisions = reading.texts(manifest, "status", "sync", "revisions")
    elsewhere = reading.annotations(manifest).get(MANAGED_BY_URL, "")
    facts = {
        "Sync": reading.text(manifest, "status", "sync", "status"),
        "Health": reading.text(manifest, "status", "health", "status"),
        "Revision": reading.text(manifest, "status", "sync", "revision") or ", ".join(revisions),
        "managed-by-url": elsewhere if links.is_web_address(elsewhere) else "",
    }
    return tuple(InfoItem(name, value) for name, value in facts.items() if value)


def _node(manifest: Manifest) -> tuple[InfoItem, ...]:
    capacity = reading.mapping(manifest, "status", "capacity")
    named = {"Capacity (CPU)": "cpu", "Capacity (MEM)": "memory", "Capacity (Pods)": "pods"}
    return tuple(InfoItem(name, str(capacity[field])) for name, field in named.items() if field in capacity)


def _labelled(manifest: Manifest) -> NetworkingInfo:
    return NetworkingInfo(labels=reading.labels(manifest))


_CONTROLLER_REVISION = GroupKind("apps", "ControllerRevision")

_INFO: dict[GroupKind, Callable[[Manifest], tuple[InfoItem, ...]]] = {
    GroupKind("", "Pod"): pods.info_of,
    GroupKind("", "Node"): _node,
    GroupKind("argoproj.io", "Application"): _application,
}

_NETWORKING: dict[GroupKind, Callable[[Manifest], NetworkingInfo | None]] = {
    GroupKind("", "Node"): _labelled,
    GroupKind("", "Pod"): _labelled,
    GroupKind("", "Service"): networking.service,
    GroupKind("extensions", "Ingress"): networking.ingress,
    GroupKind("networking.k8s.io", "Ingress"): networking.ingress,
    GroupKind("networking.istio.io", "VirtualService"): mesh.virtual_service,
    GroupKind("networking.istio.io", "ServiceEntry"): mesh.service_entry,
    GroupKind(gateways.GROUP, "Gateway"): gateways.gateway,
    **{
        GroupKind(gateways.GROUP, kind): gateways.route
        for kind in ("GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute", "UDPRoute")
    },
}
