"""Percona's operators: clusters of MySQL (PXC) and of MongoDB. Source: docs.percona.com, "Custom resource statuses".

`state` is initializing, ready, paused, stopping or error; `ready` and `size` count the nodes; `message` is a list of
complaints for MySQL and a text for MongoDB.
"""

from argosy.engine.health.form import (
    Behind,
    at,
    degraded,
    first_of,
    healthy,
    is_,
    otherwise,
    progressing,
    suspended,
)
from argosy.engine.model.resource import Manifest

_NODES = "{status.ready|0}/{status.size|0} node(s) are ready"


def _complaint(manifest: Manifest) -> str:
    found = at(manifest, "status.message")
    words = ", ".join(str(each) for each in found) if isinstance(found, list) else str(found or "")
    return f"Cluster is on error: {words}"


_MYSQL = first_of(
    progressing(Behind(), _NODES),
    healthy(is_("status.state", "ready"), _NODES),
    progressing(is_("status.state", "initializing"), _NODES),
    suspended(is_("status.state", "paused"), "Cluster is paused"),
    degraded(is_("status.state", "stopping"), f"Cluster is stopping ({_NODES})"),
    degraded(is_("status.state", "error"), _complaint),
    otherwise("Progressing", "Waiting for Cluster to be initialized"),
)
_MONGODB = first_of(
    progressing(Behind(), _NODES),
    healthy(is_("status.state", "ready"), _NODES),
    progressing(is_("status.state", "initializing"), _NODES),
    suspended(is_("status.state", "paused"), _NODES),
    degraded(is_("status.state", "stopping"), f"Cluster is stopping ({_NODES})"),
    degraded(is_("status.state", "error"), _NODES),
    otherwise("Progressing", "Waiting for Cluster to be initialized"),
)

TABLE = {
    "psmdb.percona.com/PerconaServerMongoDB": _MONGODB,
    "pxc.percona.com/PerconaXtraDBCluster": _MYSQL,
}
