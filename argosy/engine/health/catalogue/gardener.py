"""Gardener: shoots. Source: gardener.cloud/docs, "Shoot status": the label that sums up conditions and last operation.

The label `shoot.gardener.cloud/status` is healthy, progressing, unhealthy or unknown; a new shoot does not have it yet,
and a hibernated one is at rest, whatever its conditions say.
"""

from argosy.engine.health.form import (
    Behind,
    Rule,
    degraded,
    every,
    first_of,
    healthy,
    is_,
    otherwise,
    progressing,
    suspended,
)

_LABEL = "metadata.labels[shoot.gardener.cloud/status]"
_SHOOT = first_of(
    suspended(
        every(is_("spec.hibernation.enabled", True), is_("status.hibernated", True)), "Component state: Hibernated"
    ),
    progressing(Behind(), "Component state: Progressing"),
    healthy(is_(_LABEL, "healthy"), "Component state: Healthy"),
    progressing(is_(_LABEL, "progressing"), "Component state: Progressing"),
    degraded(is_(_LABEL, "unhealthy"), "Component state: Unhealthy"),
    Rule("Unknown", is_(_LABEL, "unknown"), "Component state: Unknown"),
    degraded(is_("status.lastOperation.state", "Error", "Failed", "Aborted"), "{status.lastOperation.description}"),
    otherwise("Progressing", "{status.lastOperation.description|Waiting for status to be reported}"),
)

TABLE = {"core.gardener.cloud/Shoot": _SHOOT}
