"""Confluent for Kubernetes: its clusters, and connectors. Source: docs.confluent.io/operator, the API reference.

A cluster has a phase. A connector has the states of Kafka Connect's REST interface, and the tasks that failed for good.
"""

from argosy.engine.health.form import (
    Behind,
    at,
    degraded,
    either,
    every,
    first_of,
    has,
    healthy,
    is_,
    not_,
    otherwise,
    progressing,
    suspended,
)
from argosy.engine.model.resource import Manifest


def _phase(manifest: Manifest) -> str:
    return f"{manifest.get('kind')} {str(at(manifest, 'status.phase')).lower()}"


_CLUSTER = first_of(
    progressing(Behind(), "Waiting for {kind}"),
    healthy(is_("status.phase", "RUNNING"), _phase),
    degraded(is_("status.phase", "FAILED", "ERROR"), _phase),
    progressing(has("status.phase"), _phase),
    otherwise("Progressing", "Waiting for {kind}"),
)


def _state(manifest: Manifest) -> str:
    return f"{manifest.get('kind')} {str(at(manifest, 'status.connectorState')).lower()}"


_CONNECTOR = first_of(
    progressing(Behind(), "Waiting for {kind}"),
    degraded(is_("status.connectorState", "FAILED"), _state),
    degraded(
        either(
            has("status.failedTasks"), every(has("status.failedTasksCount"), not_(is_("status.failedTasksCount", 0)))
        ),
        "Connector has failed tasks",
    ),
    degraded(is_("status.state", "ERROR", "FAILED"), "Connector failed"),
    healthy(is_("status.connectorState", "RUNNING"), _state),
    suspended(is_("status.connectorState", "PAUSED", "STOPPED"), _state),
    progressing(has("status.connectorState"), _state),
    otherwise("Progressing", "Waiting for {kind}"),
)

TABLE = {
    "platform.confluent.io/Connect": _CLUSTER,
    "platform.confluent.io/Connector": _CONNECTOR,
    "platform.confluent.io/ControlCenter": _CLUSTER,
    "platform.confluent.io/Kafka": _CLUSTER,
    "platform.confluent.io/KsqlDB": _CLUSTER,
    "platform.confluent.io/SchemaRegistry": _CLUSTER,
    "platform.confluent.io/Zookeeper": _CLUSTER,
}
