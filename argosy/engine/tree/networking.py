"""How traffic reaches a Service or an Ingress, and where an Ingress sends it. Called by `info`.

Source: Argo CD (3.38); an Ingress is read in all three of its API versions.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from argosy.engine.model.resource import Manifest
from argosy.engine.model.tree import IngressPoint, NetworkingInfo, ResourceRef
from argosy.engine.tree import links, reading


def service(manifest: Manifest) -> NetworkingInfo:
    """Return which pods a Service sends to, and the addresses of its load balancer."""
    balanced = reading.text(manifest, "spec", "type") == "LoadBalancer"
    return NetworkingInfo(
        target_labels=reading.strings(manifest, "spec", "selector"), ingress=points(manifest) if balanced else ()
    )


def ingress(manifest: Manifest) -> NetworkingInfo:
    """Return to which Services an Ingress sends, and under which addresses it can be opened."""
    backends = [reading.mapping(manifest, "spec", field) for field in ("defaultBackend", "backend")]
    backends += [reading.mapping(path, "backend") for _, path in _paths(manifest)]
    names = dict.fromkeys(name for name in map(_service_name, backends) if name)
    urls = {url for host, path in _paths(manifest) for url in _addresses(manifest, host, path)}
    return NetworkingInfo(
        target_refs=services(reading.namespace(manifest), names),
        ingress=points(manifest),
        external_urls=tuple(sorted(urls)) if links.shows_default(manifest) else (),
    )


def points(manifest: Manifest) -> tuple[IngressPoint, ...]:
    """Return the addresses of an object's load balancer."""
    found = reading.each(manifest, "status", "loadBalancer", "ingress")
    named = ((reading.text(each, "hostname"), reading.text(each, "ip")) for each in found)
    return tuple(IngressPoint("" if host else ip, host) for host, ip in named if host or ip)


def services(namespace: str, names: Mapping[str, None]) -> tuple[ResourceRef, ...]:
    """Return references to the Services of a namespace, by name."""
    return tuple(ResourceRef("Service", name, namespace=namespace) for name in sorted(names))


def _paths(manifest: Manifest) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each path with the host that it is for, empty for any."""
    for rule in reading.each(manifest, "spec", "rules"):
        for path in reading.each(rule, "http", "paths"):
            yield reading.text(rule, "host"), path


def _service_name(backend: Mapping[str, Any]) -> str:
    return reading.text(backend, "service", "name") or reading.text(backend, "serviceName")


def _addresses(manifest: Manifest, host: str, path: Mapping[str, Any]) -> Iterator[str]:
    """Yield the address of a path; of any host, that of the load balancer. Nobody can open a wildcard."""
    shown = host or next((point.hostname or point.ip for point in points(manifest)), "")
    if shown and "*" not in shown:
        scheme = "https" if _is_secure(manifest, host) else "http"
        yield f"{scheme}://{shown}{reading.text(path, 'path').removesuffix('*')}"


def _is_secure(manifest: Manifest, host: str) -> bool:
    """Return whether the Ingress has a certificate for a host; an entry that names none is for all."""
    entries = [
        {name for name in (*reading.texts(entry, "hosts"), reading.text(entry, "host")) if name}
        for entry in reading.each(manifest, "spec", "tls")
    ]
    wildcard = "*." + host.partition(".")[2]
    return any(not hosts or host in hosts or wildcard in hosts for hosts in entries)
