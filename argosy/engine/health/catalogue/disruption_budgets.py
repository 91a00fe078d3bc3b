"""Kubernetes' own disruption budgets. Source: kubernetes.io, `PodDisruptionBudgetStatus`, "DisruptionAllowed".

A budget does its work also while it allows no disruption (InsufficientPods); only what the controller could not compute
(SyncFailed) is a failure.
"""

from argosy.engine.health.form import (
    Behind,
    Some,
    degraded,
    every,
    first_of,
    has,
    healthy,
    is_,
    otherwise,
    progressing,
)

_FAILED = every(is_("type", "DisruptionAllowed"), is_("reason", "SyncFailed"))
_BUDGET = first_of(
    progressing(Behind(), "Waiting for status"),
    degraded(Some("status.conditions", _FAILED), "PodDisruptionBudget has SyncFailed"),
    healthy(
        has("status.conditions[DisruptionAllowed]"),
        "PodDisruptionBudget has {conditions[DisruptionAllowed].reason}",
    ),
    otherwise("Progressing", "Waiting for status"),
)

TABLE = {"policy/PodDisruptionBudget": _BUDGET}
