"""Karmada: bindings of resources to clusters. Source: karmada.io/docs, the API `work.karmada.io/v1alpha2`.

`aggregatedStatus` has one entry for each cluster that the resource is on: whether it was applied, and Healthy,
Unhealthy or Unknown, the last for what Karmada has no rule for. A dependency has no clusters of its own but those of
what needs it.
"""

from argosy.engine.health.form import Some, degraded, either, elements, first_of, is_, lacks, otherwise, progressing
from argosy.engine.model.resource import Manifest


class _ClustersMissing:
    """Fewer clusters have answered than are asked."""

    def holds(self, manifest: Manifest) -> bool:
        """See `form.Test`."""
        return len(elements(manifest, "status.aggregatedStatus")) < len(elements(manifest, "spec.clusters"))


_BINDING = first_of(
    progressing(
        either(lacks("status.aggregatedStatus"), is_("spec.clusters", []), _ClustersMissing()),
        "Current resource status is insufficient",
    ),
    degraded(
        Some("status.aggregatedStatus", either(lacks("applied"), is_("applied", False), is_("health", "Unhealthy"))),
        "Current resource status is unhealthy",
    ),
    otherwise("Healthy"),
)

TABLE = {"work.karmada.io/ClusterResourceBinding": _BINDING, "work.karmada.io/ResourceBinding": _BINDING}
