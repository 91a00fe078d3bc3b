"""Camel K: integrations. Source: camel.apache.org/camel-k, the phases of an integration and its condition Ready."""

from argosy.engine.health.form import (
    Behind,
    Rule,
    degraded,
    every,
    first_of,
    first_text,
    healthy,
    is_,
    otherwise,
    progressing,
    true,
)

_INTEGRATION = first_of(
    progressing(Behind(), "Waiting for Integration"),
    Rule(
        "Unknown",
        is_("status.phase", "Cannot Monitor Integration"),
        first_text("{conditions[MonitoringPodsAvailable].message}", "{status.phase}"),
    ),
    degraded(
        is_("status.phase", "Error", "Import Missing"),
        first_text("{conditions[Ready].message}", "{status.phase}"),
    ),
    healthy(every(is_("status.phase", "Running"), true("Ready"))),
    otherwise("Progressing", "Waiting for Integration"),
)

TABLE = {"camel.apache.org/Integration": _INTEGRATION}
