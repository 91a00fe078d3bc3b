"""Grafana's operator. Source: grafana.github.io/grafana-operator, the API reference.

An instance goes through stages. What is put into instances has a condition that ends in `Synchronized`, and one that is
True when there is no instance to put it into, or its spec is wrong, or it is suspended; before 5.15 a data source had
a flag and the last error.
"""

from argosy.engine.health.form import (
    Behind,
    FirstOf,
    Message,
    degraded,
    false,
    first_of,
    has,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
    suspended,
    true,
)

_INSTANCE = first_of(
    progressing(lacks("status.stageStatus"), "Waiting for Grafana status info"),
    degraded(is_("status.stageStatus", "failed"), "Failed at stage {status.stage}"),
    progressing(is_("status.stageStatus", "in progress"), "In progress at stage {status.stage}"),
    healthy(is_("status.stage", "complete")),
    otherwise("Progressing", "In progress at stage {status.stage}"),
)


def _told(kind: str) -> Message:
    return f"{{conditions[{kind}].reason}} for {kind} because {{conditions[{kind}].message}}"


def _content(synchronized: str) -> FirstOf:
    return first_of(
        suspended(true("Suspended"), _told("Suspended")),
        suspended(is_("spec.suspend", True), "{kind} is suspended"),
        degraded(is_("status.NoMatchingInstances", True), "can't find matching grafana instance"),
        progressing(Behind(f"status.conditions[{synchronized}].observedGeneration")),
        *(degraded(true(bad), _told(bad)) for bad in ("NoMatchingInstance", "InvalidSpec", "NoMatchingFolder")),
        degraded(false(synchronized), _told(synchronized)),
        healthy(true(synchronized), _told(synchronized)),
        degraded(has("status.lastMessage"), "{status.lastMessage}"),
        healthy(has("status.hash")),
        otherwise("Progressing"),
    )


TABLE = {
    "grafana.integreatly.org/Grafana": _INSTANCE,
    "grafana.integreatly.org/GrafanaDashboard": _content("DashboardSynchronized"),
    "grafana.integreatly.org/GrafanaDatasource": _content("DatasourceSynchronized"),
    "grafana.integreatly.org/GrafanaFolder": _content("FolderSynchronized"),
}
