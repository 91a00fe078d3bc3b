"""Gloo Edge. Source: docs.solo.io/gloo-edge, the API `core.solo.io`, `Status`.

Each controller writes a status under its own namespace; before 1.11 there was one. The state is a name or its number:
Pending 0 (which Protocol Buffers leave out), Accepted 1, Rejected 2, Warning 3.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from argosy.engine.health.form import elements
from argosy.engine.health.verdict import Health, status_of
from argosy.engine.model.resource import Manifest

_PENDING, _ACCEPTED = (0, "Pending", None), (1, "Accepted")


def _resource(manifest: Manifest) -> Health:
    statuses = _statuses(manifest)
    for each in statuses:
        if each.get("state") not in (*_PENDING, *_ACCEPTED):
            return Health("Degraded", str(each.get("reason") or ""))
    if any(each.get("state") in _PENDING for each in statuses):
        return Health("Suspended", "The resource has not yet been validated")
    return Health("Healthy", "The resource has been validated") if statuses else _UNTOUCHED


_UNTOUCHED = Health("Progressing", "Update in progress")


def _statuses(manifest: Manifest) -> Sequence[Mapping[str, Any]]:
    of_namespaces = elements(manifest, "status.statuses")
    return of_namespaces or [each for each in (status_of(manifest),) if "state" in each or "reportedBy" in each]


TABLE = {
    f"{group}.solo.io/{kind}": _resource
    for group, kinds in (
        ("gateway", "Gateway MatchableHttpGateway RouteOption RouteTable VirtualHostOption VirtualService"),
        ("gloo", "Proxy Settings Upstream UpstreamGroup"),
    )
    for kind in kinds.split()
}
