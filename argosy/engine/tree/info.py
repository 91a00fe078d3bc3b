"""The facts that are shown beside a node of the tree, by kind, and how traffic reaches it. Source: Argo CD, 3.38."""

from collections.abc import Callable, Mapping
from typing import Any

from argosy.engine.health.verdict import spec_of, status_of
from argosy.engine.model.resource import GroupKind, Manifest, labels_of
from argosy.engine.model.tree import InfoItem, IngressPoint, NetworkingInfo, ResourceRef


def images_of(manifest: Manifest) -> tuple[str, ...]:
    """Return the images of a pod or of a workload's pod template, each once, in order."""
    spec = spec_of(manifest)
    template = ((spec.get("jobTemplate") or {}).get("spec") or spec).get("template") or {}
    pod = template.get("spec") or spec
    found = [each.get("image") for field in ("initContainers", "containers") for each in pod.get(field) or ()]
    return tuple(dict.fromkeys(str(image) for image in found if image))


def info_of(manifest: Manifest, kind: GroupKind) -> tuple[InfoItem, ...]:
    """Return the facts to show beside the object."""
    return _INFO[kind](manifest) if kind in _INFO else ()


def networking_of(manifest: Manifest, kind: GroupKind) -> NetworkingInfo | None:
    """Return how traffic reaches the object, None for a kind that no traffic reaches."""
    return _NETWORKING[kind](manifest) if kind in _NETWORKING else None


def _pod(manifest: Manifest) -> tuple[InfoItem, ...]:
    status = status_of(manifest)
    containers = status.get("containerStatuses") or ()
    ready = sum(1 for each in containers if each.get("ready"))
    restarts = sum(int(each.get("restartCount") or 0) for each in containers)
    total = len(spec_of(manifest).get("containers") or ())
    items = [InfoItem("Status Reason", _reason(status)), InfoItem("Node", str(spec_of(manifest).get("nodeName") or ""))]
    items.append(InfoItem("Containers", f"{ready}/{total}"))
    if restarts:
        items.append(InfoItem("Restart Count", str(restarts)))
    return tuple(item for item in items if item.value)


def _reason(status: Mapping[str, Any]) -> str:
    """Return what kubectl shows as a pod's status: why a container waits or ended, else the phase."""
    for container in status.get("containerStatuses") or ():
        state = container.get("state") or {}
        for part in ("waiting", "terminated"):
            reason = (state.get(part) or {}).get("reason")
            if reason:
                return str(reason)
    return str(status.get("reason") or status.get("phase") or "")


def _application(manifest: Manifest) -> tuple[InfoItem, ...]:
    sync = status_of(manifest).get("sync") or {}
    health = status_of(manifest).get("health") or {}
    facts = {"Sync": sync.get("status"), "Health": health.get("status")}
    return tuple(InfoItem(name, str(value)) for name, value in facts.items() if value)


def _points(manifest: Manifest) -> tuple[IngressPoint, ...]:
    addresses = (status_of(manifest).get("loadBalancer") or {}).get("ingress") or ()
    return tuple(IngressPoint(str(each.get("ip") or ""), str(each.get("hostname") or "")) for each in addresses)


def _service(manifest: Manifest) -> NetworkingInfo:
    return NetworkingInfo(target_labels=spec_of(manifest).get("selector") or {}, ingress=_points(manifest))


def _ingress(manifest: Manifest) -> NetworkingInfo:
    namespace = str((manifest.get("metadata") or {}).get("namespace") or "")
    spec = spec_of(manifest)
    rules = spec.get("rules") or ()
    paths = [(rule.get("host") or "", path) for rule in rules for path in (rule.get("http") or {}).get("paths") or ()]
    backends = [path.get("backend") or {} for _, path in paths] + [spec.get("defaultBackend") or {}]
    services = dict.fromkeys(str((backend.get("service") or {}).get("name") or "") for backend in backends)
    secure = {host for entry in spec.get("tls") or () for host in entry.get("hosts") or ()}
    urls = dict.fromkeys(
        f"{'https' if host in secure else 'http'}://{host or address}{path.get('path') or '/'}"
        for host, path in paths
        for address in (point.hostname or point.ip for point in _points(manifest) or (IngressPoint(),))
        if host or address
    )
    refs = tuple(ResourceRef("Service", name, namespace=namespace) for name in services if name)
    return NetworkingInfo(target_refs=refs, ingress=_points(manifest), external_urls=tuple(sorted(urls)))


_INFO: dict[GroupKind, Callable[[Manifest], tuple[InfoItem, ...]]] = {
    GroupKind("", "Pod"): _pod,
    GroupKind("argoproj.io", "Application"): _application,
}

_NETWORKING: dict[GroupKind, Callable[[Manifest], NetworkingInfo]] = {
    GroupKind("", "Service"): _service,
    GroupKind("networking.k8s.io", "Ingress"): _ingress,
    GroupKind("", "Pod"): lambda manifest: NetworkingInfo(labels=labels_of(manifest)),
}
