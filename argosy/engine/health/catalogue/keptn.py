"""Keptn: versions of applications and workloads, their tasks and evaluations, metrics and analyses.

Source: keptn.sh, the API references of lifecycle and metrics. A state is Pending, Progressing, Succeeded, Failed,
Unknown, Warning, Cancelled or Deprecated; Unknown is what nobody has looked at yet, Deprecated what a newer version has
replaced. An analysis that is Completed has passed, passed with a warning, or not.
"""

from argosy.engine.health.form import (
    FirstOf,
    degraded,
    every,
    first_of,
    has,
    healthy,
    is_,
    lacks,
    otherwise,
    suspended,
)

_HEALTHY = "{kind} is healthy"
_DEGRADED = "{kind} is degraded"
_PROGRESSING = "{kind} is progressing"


def _by(state: str) -> FirstOf:
    return first_of(
        healthy(is_(state, "Succeeded", "Warning"), _HEALTHY),
        degraded(is_(state, "Failed", "Cancelled"), _DEGRADED),
        suspended(is_(state, "Deprecated"), "{kind} is deprecated"),
        otherwise("Progressing", _PROGRESSING),
    )


_ANALYSIS = first_of(
    healthy(every(is_("status.state", "Completed"), is_("status.pass", True)), _HEALTHY),
    healthy(every(is_("status.state", "Completed"), is_("status.warning", True)), "{kind} is healthy with warnings"),
    degraded(is_("status.state", "Completed"), _DEGRADED),
    otherwise("Progressing", _PROGRESSING),
)
_METRIC = first_of(
    degraded(has("status.errMsg"), _DEGRADED),
    healthy(every(has("status.value"), lacks("status.errMsg")), _HEALTHY),
    otherwise("Progressing", _PROGRESSING),
)

TABLE = {
    "lifecycle.keptn.sh/KeptnAppVersion": _by("status.status"),
    "lifecycle.keptn.sh/KeptnEvaluation": _by("status.overallStatus"),
    "lifecycle.keptn.sh/KeptnTask": _by("status.status"),
    "lifecycle.keptn.sh/KeptnWorkloadInstance": _by("status.status"),
    "lifecycle.keptn.sh/KeptnWorkloadVersion": _by("status.status"),
    "metrics.keptn.sh/Analysis": _ANALYSIS,
    "metrics.keptn.sh/KeptnMetric": _METRIC,
}
