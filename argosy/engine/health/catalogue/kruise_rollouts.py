"""Kruise Rollouts: progressive delivery. Source: openkruise.io/rollouts, the API's `RolloutStatus`, "phase".

A rollout that waits in a step for somebody to let it go on is StepPaused; one that is disabled or on its way out no
longer does what it is there for.
"""

from argosy.engine.health.form import (
    Behind,
    degraded,
    either,
    every,
    first_of,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
    suspended,
)

_PAUSED = either(
    is_("spec.strategy.paused", True),
    is_("status.currentStepState", "StepPaused"),
    is_("status.canaryStatus.currentStepState", "StepPaused"),
    is_("status.blueGreenStatus.currentStepState", "StepPaused"),
)
_ROLLOUT = first_of(
    progressing(either(lacks("status.phase"), Behind()), "Rollout is still progressing"),
    healthy(is_("status.phase", "Healthy"), "Rollout is Completed"),
    degraded(is_("status.phase", "Disabled", "Disabling", "Terminating"), "Rollout is Disabled or Terminating"),
    suspended(every(is_("status.phase", "Progressing"), _PAUSED), "{status.message|Rollout is paused}"),
    otherwise("Progressing", "Rollout is still progressing"),
)

TABLE = {"rollouts.kruise.io/Rollout": _ROLLOUT}
