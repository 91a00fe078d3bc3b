"""Numaplane: rollouts of Numaflow's kinds. Source: numaproj.github.io/numaplane, `status_types` of its API.

A rollout is Pending while it brings the change out, Deployed when its child was applied, Failed when it could not; the
child's own health and the outcome of a progressive upgrade are conditions.
"""

from argosy.engine.health.form import (
    Behind,
    degraded,
    either,
    every,
    false,
    first_of,
    has,
    healthy,
    is_,
    lacks,
    not_,
    otherwise,
    progressing,
    unknown,
)

_ROLLOUT = first_of(
    progressing(either(lacks("status"), Behind()), "Not yet reconciled"),
    degraded(is_("status.phase", "Failed"), "{status.message|Failed}"),
    degraded(
        every(
            false("ProgressiveUpgradeSucceeded"),
            not_(Behind("conditions[ProgressiveUpgradeSucceeded].observedGeneration")),
        ),
        "Progressive upgrade failed",
    ),
    progressing(false("ChildResourcesHealthy", "Progressing"), "Child Progressing"),
    degraded(false("ChildResourcesHealthy"), "{conditions[ChildResourcesHealthy].message}"),
    progressing(has("status.upgradeInProgress"), "Update in progress"),
    progressing(is_("status.phase", "Pending"), "Pending"),
    progressing(unknown("ChildResourcesHealthy"), "{conditions[ChildResourcesHealthy].message|Child Unknown}"),
    healthy(is_("status.phase", "Deployed"), "Healthy"),
    otherwise("Progressing", "Not yet reconciled"),
)

TABLE = {
    "numaplane.numaproj.io/ISBServiceRollout": _ROLLOUT,
    "numaplane.numaproj.io/MonoVertexRollout": _ROLLOUT,
    "numaplane.numaproj.io/NumaflowControllerRollout": _ROLLOUT,
    "numaplane.numaproj.io/PipelineRollout": _ROLLOUT,
}
