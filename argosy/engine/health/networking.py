"""Service, Ingress, APIService: healthy once something answers at their address."""

from argosy.engine.health.verdict import Health, conditions_of, is_true, spec_of, status_of
from argosy.engine.model.resource import Manifest


def service(manifest: Manifest) -> Health:
    """Only a load balancer has to wait, for its address."""
    if spec_of(manifest).get("type") != "LoadBalancer":
        return Health("Healthy")
    return _has_address(manifest)


def ingress(manifest: Manifest) -> Health:
    """Healthy once it has an address."""
    return _has_address(manifest)


def _has_address(manifest: Manifest) -> Health:
    addresses = (status_of(manifest).get("loadBalancer") or {}).get("ingress")
    return Health("Healthy") if addresses else Health("Progressing")


def api_service(manifest: Manifest) -> Health:
    """Healthy once it is Available."""
    available = conditions_of(manifest).get("Available")
    if available is None:
        return Health("Progressing", "Waiting to be processed")
    message = f"{available.get('reason', '')}: {available.get('message', '')}"
    return Health("Healthy" if is_true(available) else "Progressing", message)
