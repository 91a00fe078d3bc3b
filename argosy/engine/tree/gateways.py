"""Where routes of the Gateway API send traffic, and under which addresses a Gateway is reached. Called by `info`.

Source: the Gateway API's reference; the tree shows a Gateway before its routes, and a route before its Services.
"""

from argosy.engine.model.resource import Manifest
from argosy.engine.model.tree import IngressPoint, NetworkingInfo, ResourceRef
from argosy.engine.tree import links, reading

GROUP = "gateway.networking.k8s.io"

_HOSTNAME = "Hostname"
_SCHEMES = {"HTTP": "http", "HTTPS": "https"}
_USUAL_PORTS = {"http": 80, "https": 443}


def route(manifest: Manifest) -> NetworkingInfo:
    """Return the backends of a route of any protocol; without a kind, a backend is a Service."""
    own = reading.namespace(manifest)
    found = {
        (
            reading.text(backend, "group"),
            reading.text(backend, "kind") or "Service",
            reading.text(backend, "namespace") or own,
            name,
        )
        for rule in reading.each(manifest, "spec", "rules")
        for backend in reading.each(rule, "backendRefs")
        if (name := reading.text(backend, "name"))
    }
    refs = (ResourceRef(kind, name, group, "", namespace) for group, kind, namespace, name in sorted(found))
    return NetworkingInfo(target_refs=tuple(refs))


def gateway(manifest: Manifest) -> NetworkingInfo:
    """Return the addresses of a Gateway, and the links to the hosts that it listens for."""
    addresses = tuple(
        IngressPoint(hostname=value) if reading.text(address, "type") == _HOSTNAME else IngressPoint(value)
        for address in reading.each(manifest, "status", "addresses")
        if (value := reading.text(address, "value"))
    )
    urls = _urls(manifest) if links.shows_default(manifest) else set[str]()
    return NetworkingInfo(ingress=addresses, external_urls=tuple(sorted(urls)))


def _urls(manifest: Manifest) -> set[str]:
    found: set[str] = set()
    for listener in reading.each(manifest, "spec", "listeners"):
        scheme = _SCHEMES.get(reading.text(listener, "protocol"))
        host = reading.text(listener, "hostname")
        if scheme and host and "*" not in host:
            port = reading.number(listener, "port")
            found.add(f"{scheme}://{host}" + ("" if port in (0, _USUAL_PORTS[scheme]) else f":{port}"))
    return found
