"""Pulumi's operator: stacks. Source: github.com/pulumi/pulumi-kubernetes-operator, the API, "ready protocol".

Reconciling is True while a stack is processed, and with RetryingAfterFailure also after a failure; Stalled when it
failed for good; Ready when it came to its end. Stacks of `v1alpha1` have nothing but their last update.
"""

from argosy.engine.health.form import (
    Behind,
    degraded,
    every,
    false,
    first_of,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
    true,
)

_NOT_SEEN = "Waiting for the operator to observe the latest spec change"
_STACK = first_of(
    progressing(Behind(), _NOT_SEEN),
    degraded(true("Stalled"), "{conditions[Stalled].message}"),
    degraded(true("Reconciling", "RetryingAfterFailure"), "{conditions[Reconciling].message}"),
    progressing(true("Reconciling"), "{conditions[Reconciling].message}"),
    healthy(true("Ready"), "{conditions[Ready].message}"),
    progressing(false("Ready", "NotReadyInProgress"), "{conditions[Ready].message}"),
    degraded(false("Ready"), "{conditions[Ready].message}"),
    healthy(every(lacks("conditions[Ready]"), is_("status.lastUpdate.state", "succeeded")), "Last update succeeded"),
    degraded(every(lacks("conditions[Ready]"), is_("status.lastUpdate.state", "failed")), "Last update failed"),
    otherwise("Progressing", _NOT_SEEN),
)

TABLE = {"pulumi.com/Stack": _STACK}
