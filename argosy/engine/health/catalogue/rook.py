"""Rook: Ceph clusters, object stores, and Cassandra. Source: rook.io/docs, "CephCluster CRD", status, and its API.

Ceph's own health, with a sentence for each thing that is wrong, goes before the state of what Rook does with the
cluster.
"""

from argosy.engine.health.form import (
    Behind,
    Fewer,
    Some,
    at,
    degraded,
    either,
    elements,
    first_of,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
)
from argosy.engine.model.resource import Manifest

_NO_STATUS = progressing(either(lacks("status"), Behind()), "Waiting for status to be reported")
_HEALTH = "status.ceph.health"
_STATE = "status.state"


def _unwell(manifest: Manifest) -> str:
    wrong = [str(each["message"]) for each in elements(manifest, "status.ceph.details") if each.get("message")]
    named = f" ({'; '.join(wrong)})" if wrong else ""
    return _joined(f"Ceph health is {at(manifest, _HEALTH)}{named}", at(manifest, "status.message"))


def _state(manifest: Manifest) -> str:
    health, state = at(manifest, _HEALTH), at(manifest, _STATE)
    return _joined(
        health and f"Ceph health is {health}",
        state and f"Ceph cluster state is {state}",
        at(manifest, "status.message"),
    )


def _joined(*parts: object) -> str:
    return " - ".join(str(part) for part in parts if part)


_CLUSTER = first_of(
    _NO_STATUS,
    degraded(is_(_HEALTH, "HEALTH_WARN", "HEALTH_ERR"), _unwell),
    degraded(is_(_STATE, "Error"), _state),
    progressing(is_(_STATE, "Creating", "Updating", "Connecting", "Deleting"), _state),
    healthy(is_(_HEALTH, "HEALTH_OK"), _state),
    otherwise("Progressing", _state),
)


def _phase(manifest: Manifest) -> str:
    endpoint = at(manifest, "status.info.endpoint") or at(manifest, "status.info.secureEndpoint")
    phase = f"Ceph object store phase is {at(manifest, 'status.phase')}"
    return _joined(phase, endpoint and f"endpoint: {endpoint}", at(manifest, "status.message"))


_OBJECT_STORE = first_of(
    progressing(either(lacks("status.phase"), Behind()), "Waiting for status to be reported"),
    healthy(is_("status.phase", "Ready", "Connected"), _phase),
    degraded(is_("status.phase", "Failure", "DeletionIsBlocked"), _phase),
    otherwise("Progressing", _phase),
)

_CASSANDRA = first_of(
    progressing(
        either(lacks("status.racks"), Some("status.racks", Fewer("readyMembers", "members"))),
        "Waiting for Cassandra Cluster",
    ),
    otherwise("Healthy"),
)

TABLE = {
    "cassandra.rook.io/Cluster": _CASSANDRA,
    "ceph.rook.io/CephCluster": _CLUSTER,
    "ceph.rook.io/CephObjectStore": _OBJECT_STORE,
}
