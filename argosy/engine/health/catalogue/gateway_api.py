"""Gateway API. Source: gateway-api.sigs.k8s.io, "Troubleshooting and status" and the condition types of its API.

Routes and policies have conditions for each parent or ancestor, a gateway for itself and each listener. One that speaks
of an older generation is out of date and does not count; a controller does not always remove it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from argosy.engine.health.form import at, elements
from argosy.engine.health.verdict import Health
from argosy.engine.model.application import HealthCode
from argosy.engine.model.resource import Manifest

_ON_ITS_WAY = ("Pending", "Waiting")
_NEVER_PROGRAMMED = ("Invalid", "NoResources", "AddressNotUsable", "ListenersNotValid")
_BAD_IF_TRUE = ("Conflicted", "PartiallyInvalid")

Found = tuple[str, Mapping[str, Any]]
"""Whom a condition is about, as the start of a message, and the condition."""


def _route(manifest: Manifest) -> Health:
    return _judge(manifest, _of_each(manifest, "parents", "parentRef", "Parent"))


def _policy(manifest: Manifest) -> Health:
    return _judge(manifest, _of_each(manifest, "ancestors", "ancestorRef", "Ancestor"))


def _of_each(manifest: Manifest, where: str, reference: str, word: str) -> Iterator[Found]:
    for each in elements(manifest, f"status.{where}"):
        for condition in elements(each, "conditions"):
            yield f"{word} {at(each, f'{reference}.name') or ''}: ", condition


def _gateway(manifest: Manifest) -> Health:
    own = (("", condition) for condition in elements(manifest, "status.conditions"))
    listeners = elements(manifest, "status.listeners")
    of_listeners = (("Listener: ", condition) for each in listeners for condition in elements(each, "conditions"))
    return _judge(manifest, (*own, *of_listeners))


def _gateway_class(manifest: Manifest) -> Health:
    found = _judge(manifest, (("", condition) for condition in elements(manifest, "status.conditions")))
    if found.status != "Healthy":
        return found
    return Health("Healthy", str(at(manifest, "status.conditions[Accepted].message") or found.message))


def _judge(manifest: Manifest, conditions: Iterable[Found]) -> Health:
    current = [found for found in conditions if not _outdated(manifest, found[1])]
    for verdict in ("Degraded", "Progressing"):
        for who, condition in current:
            if _says(condition) == verdict:
                return Health(verdict, f"{who}{condition.get('message') or _failed(condition)}")
    met = any(each.get("type") in ("Accepted", "Programmed") and each.get("status") == "True" for _, each in current)
    if not met or any(each.get("status") == "Unknown" for _, each in current):
        return Health("Progressing", f"Waiting for {manifest.get('kind')} status")
    return Health("Healthy", f"{manifest.get('kind')} is healthy")


def _outdated(manifest: Manifest, condition: Mapping[str, Any]) -> bool:
    seen, newest = condition.get("observedGeneration"), at(manifest, "metadata.generation")
    return isinstance(seen, int) and isinstance(newest, int) and seen < newest


def _says(condition: Mapping[str, Any]) -> HealthCode:
    """Return what one condition makes of the object."""
    match condition.get("type"), condition.get("status"):
        case kind, "True" if kind in _BAD_IF_TRUE:
            return "Degraded"
        case (("Accepted" | "ResolvedRefs"), "False"):
            return "Progressing" if condition.get("reason") in _ON_ITS_WAY else "Degraded"
        case (("Programmed" | "Ready"), "False"):
            return "Degraded" if condition.get("reason") in _NEVER_PROGRAMMED else "Progressing"
        case _:
            return "Healthy"


def _failed(condition: Mapping[str, Any]) -> str:
    return f"Failed condition: {condition.get('type')}"


TABLE = {
    "gateway.networking.k8s.io/BackendTLSPolicy": _policy,
    "gateway.networking.k8s.io/GRPCRoute": _route,
    "gateway.networking.k8s.io/Gateway": _gateway,
    "gateway.networking.k8s.io/GatewayClass": _gateway_class,
    "gateway.networking.k8s.io/HTTPRoute": _route,
}
