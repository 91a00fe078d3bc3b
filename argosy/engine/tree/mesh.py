"""Where Istio sends traffic: VirtualService and ServiceEntry. Called by `info`.

Source: Argo CD (3.38) and Istio's reference of the two kinds.
"""

from collections.abc import Iterator

from argosy.engine.model.resource import Manifest
from argosy.engine.model.tree import NetworkingInfo, ResourceRef
from argosy.engine.tree import reading

_PROTOCOLS = ("http", "tls", "tcp")


def virtual_service(manifest: Manifest) -> NetworkingInfo:
    """Return the Services that a VirtualService routes to."""
    found = {_service(host, reading.namespace(manifest)) for host in _destinations(manifest) if host}
    targets = (ResourceRef("Service", name, namespace=namespace) for namespace, name in sorted(found))
    return NetworkingInfo(target_refs=tuple(targets))


def service_entry(manifest: Manifest) -> NetworkingInfo | None:
    """Return the pods that a ServiceEntry selects, None if it selects none."""
    selected = reading.strings(manifest, "spec", "workloadSelector", "labels")
    if not selected:
        return None
    return NetworkingInfo(target_labels=selected, target_refs=(ResourceRef("Pod", ""),))


def _destinations(manifest: Manifest) -> Iterator[str]:
    for protocol in _PROTOCOLS:
        for rule in reading.each(manifest, "spec", protocol):
            for route in reading.each(rule, "route"):
                yield reading.text(route, "destination", "host")


def _service(host: str, namespace: str) -> tuple[str, str]:
    """Return namespace and name of a host: `name`, `name.namespace` or `name.namespace.svc.cluster.local`."""
    name, _, rest = host.partition(".")
    return rest.partition(".")[0] or namespace, name
