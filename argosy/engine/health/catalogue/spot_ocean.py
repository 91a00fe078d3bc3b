"""Spot's Ocean CD: deployments that are rolled out in steps. Source: docs.spot.io/ocean-cd, `SpotDeployment`.

Its status is that of an Argo Rollout: a phase and a message. `observedGeneration` is a generation written as text, or
once was a hash of the specification, which says nothing.
"""

from argosy.engine.health.form import (
    at,
    degraded,
    either,
    false,
    first_of,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
    suspended,
    true,
)
from argosy.engine.model.resource import Manifest


class _Behind:
    """The generation that was seen is a number, and not the newest."""

    def holds(self, manifest: Manifest) -> bool:
        """See `form.Test`."""
        seen, newest = str(at(manifest, "status.observedGeneration") or ""), at(manifest, "metadata.generation")
        return seen.isdecimal() and isinstance(newest, int) and int(seen) < newest


_DEPLOYMENT = first_of(
    progressing(either(lacks("status"), _Behind()), "Waiting for SpotDeployment to be observed"),
    degraded(true("InvalidSpec"), "{conditions[InvalidSpec].message}"),
    degraded(false("Progressing", "ProgressDeadlineExceeded", "RolloutAborted"), "{conditions[Progressing].message}"),
    healthy(is_("status.phase", "Healthy"), "{status.message}"),
    suspended(is_("status.phase", "Paused"), "{status.message|SpotDeployment is paused}"),
    degraded(is_("status.phase", "Degraded", "Failed", "Error"), "{status.message|SpotDeployment is degraded}"),
    otherwise("Progressing", "{status.message|Waiting for SpotDeployment to finish}"),
)

TABLE = {"spot.io/SpotDeployment": _DEPLOYMENT}
