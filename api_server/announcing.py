"""Say in a Kubernetes event of an application what a person had done (12.15). Called by commands, after the deed.

An event is for people who look: one that cannot be written is logged and missed by nobody else, the audit has it all.
"""

import structlog

from api_server.records import GROUP_VERSION, Record
from api_server.server import Caller, Server
from argosy.engine import times
from argosy.engine.settings import Cluster as Entry
from argosy.gateways.kubernetes.errors import ClusterError
from argosy.gateways.kubernetes.port import ApiResource

EVENTS = ApiResource("", "v1", "Event", "events", namespaced=True, verbs=frozenset())

_log = structlog.get_logger(__name__)


async def announce(server: Server, caller: Caller, record: Record, entry: Entry, *, reason: str, message: str) -> None:
    """Write an event of the application; `entry` is its destination."""
    moment = server.outside.clock.now()
    place, now = record.place, times.text(moment)
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": f"{place.name}.{int(moment.timestamp() * 1_000_000) * 1000:x}",
            "namespace": place.namespace,
            "annotations": {"user": caller.name, "dest-server": entry.server},
        },
        "involvedObject": {
            "apiVersion": GROUP_VERSION,
            "kind": "Application",
            "name": place.name,
            "namespace": place.namespace,
            "uid": record.uid,
            "resourceVersion": str(record.version),
        },
        "type": "Normal",
        "reason": reason,
        "message": f"{caller.name} {message}",
        "source": {"component": "argosy-server"},
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }
    try:
        await server.outside.cluster.create(EVENTS, event)
    except ClusterError as error:
        _log.warning("event_lost", reason=reason, application=str(place), error=type(error).__name__)
