"""Spark's operator: applications. Source: kubeflow.org/docs/components/spark-operator, the API, `ApplicationStateType`.

A running application is well once as many executors run as it asked for; with dynamic allocation, switched on by the
operator's field or by either of Spark's own settings, as many as its bounds allow.
"""

from collections.abc import Iterator

from argosy.engine.health.form import (
    Rule,
    at,
    degraded,
    every,
    first_of,
    healthy,
    is_,
    otherwise,
    progressing,
    suspended,
)
from argosy.engine.model.resource import Manifest

_STATE = "status.applicationState.state"
_ERROR = "{status.applicationState.errorMessage}"
_UNBOUNDED = 2**31


def _bounds(manifest: Manifest) -> Iterator[tuple[int, int]]:
    """Yield the least and the most executors of each way in which dynamic allocation is switched on."""
    by_operator = at(manifest, "spec.dynamicAllocation") or {}
    if by_operator.get("enabled") is True:
        yield int(by_operator.get("minExecutors") or 0), int(by_operator.get("maxExecutors") or _UNBOUNDED)
    settings = at(manifest, "spec.sparkConf") or {}
    for prefix in ("spark.dynamicAllocation", "spark.streaming.dynamicAllocation"):
        if str(settings.get(f"{prefix}.enabled")) == "true":
            least = int(settings.get(f"{prefix}.minExecutors") or 0)
            yield least, int(settings.get(f"{prefix}.maxExecutors") or _UNBOUNDED)


class _EnoughExecutors:
    """As many executors run as are asked for."""

    def holds(self, manifest: Manifest) -> bool:
        """See `form.Test`."""
        states = at(manifest, "status.executorState") or {}
        running = sum(state == "RUNNING" for state in states.values())
        bounds = list(_bounds(manifest))
        if bounds:
            return any(least <= running <= most for least, most in bounds)
        return running >= int(at(manifest, "spec.executor.instances") or 0)


_APPLICATION = first_of(
    healthy(every(is_(_STATE, "RUNNING"), _EnoughExecutors()), "SparkApplication is Running"),
    progressing(is_(_STATE, "RUNNING"), "SparkApplication is waiting for executors"),
    healthy(is_(_STATE, "COMPLETED"), "SparkApplication was Completed"),
    progressing(is_(_STATE, "SUBMITTED"), "SparkApplication was Submitted"),
    progressing(is_(_STATE, "PENDING_RERUN"), "SparkApplication is Pending Rerun"),
    progressing(is_(_STATE, "PENDING_SUBMISSION"), "SparkApplication is Pending Submission"),
    progressing(is_(_STATE, "INVALIDATING"), "SparkApplication is Invalidating"),
    progressing(is_(_STATE, "SUCCEEDING"), "SparkApplication is Succeeding"),
    progressing(is_(_STATE, "RESUMING"), "SparkApplication is Resuming"),
    suspended(is_(_STATE, "SUSPENDING", "SUSPENDED"), "SparkApplication is Suspended"),
    degraded(is_(_STATE, "FAILED", "FAILING", "SUBMISSION_FAILED"), _ERROR),
    Rule("Unknown", is_(_STATE, "UNKNOWN"), "SparkApplication is in an unknown state"),
    otherwise("Progressing", "Waiting for SparkApplication to be submitted"),
)

TABLE = {"sparkoperator.k8s.io/SparkApplication": _APPLICATION}
