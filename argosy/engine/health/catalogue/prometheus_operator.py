"""Prometheus operator. Source: prometheus-operator.dev, the API reference, "Available" and "Reconciled" conditions.

Available is True, False, or Degraded while some of the Pods are not ready; Reconciled tells whether the operator could
do what it wanted to. Either may be Unknown.
"""

from argosy.engine.health.form import (
    Behind,
    Condition,
    condition,
    degraded,
    every,
    false,
    first_of,
    healthy,
    is_,
    otherwise,
    progressing,
    suspended,
    true,
)
from argosy.engine.model.resource import Manifest


def _why(manifest: Manifest) -> str:
    available = condition(manifest, "Available")
    return str(available.get("message") or available.get("reason") or "Waiting for Prometheus to be available")


_PROMETHEUS = first_of(
    suspended(is_("spec.paused", True), "Prometheus is paused"),
    progressing(Behind("conditions[Reconciled].observedGeneration"), "Waiting for Prometheus to be reconciled"),
    degraded(false("Reconciled"), "{conditions[Reconciled].message}"),
    degraded(false("Available"), _why),
    progressing(Condition("Available", "Degraded"), _why),
    healthy(every(true("Available"), true("Reconciled")), "All instances are available"),
    otherwise("Progressing", _why),
)

TABLE = {"monitoring.coreos.com/Prometheus": _PROMETHEUS}
