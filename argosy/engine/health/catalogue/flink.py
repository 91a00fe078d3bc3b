"""Flink's Kubernetes operator: deployments. Source: its docs, "Status and lifecycle".

What the operator does (reconciliation), what the job does, and whether its manager runs are three things; since 1.0 an
error is of the deployment, before it was of the reconciliation. A job that is suspended on demand is well.
"""

from argosy.engine.health.form import (
    Behind,
    degraded,
    either,
    every,
    first_of,
    first_text,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
)

_ERROR = first_text("{status.error}", "{status.reconciliationStatus.error}")
_STEP = "status.reconciliationStatus.state"
_DONE = either(is_(_STEP, "DEPLOYED"), is_("status.reconciliationStatus.success", True))
_SUSPENDED = every(
    is_("spec.job.state", "suspended"),
    either(is_("status.jobStatus.state", "SUSPENDED", "FINISHED"), is_("status.lifecycleState", "SUSPENDED")),
)
_RUNNING = every(is_("status.jobManagerDeploymentStatus", "READY"), is_("status.jobStatus.state", "RUNNING"))
_SESSION = every(lacks("spec.job"), is_("status.jobManagerDeploymentStatus", "READY"))

_DEPLOYMENT = first_of(
    progressing(Behind(), "Waiting for deploying"),
    degraded(
        either(
            is_("status.reconciliationStatus.success", False),
            is_("status.jobManagerDeploymentStatus", "ERROR"),
            is_("status.jobStatus.state", "FAILED", "FAILING"),
            is_("status.lifecycleState", "FAILED"),
            is_(_STEP, "ROLLED_BACK"),
        ),
        _ERROR,
    ),
    healthy(every(_DONE, either(_SUSPENDED, _RUNNING, _SESSION))),
    healthy(every(_DONE, is_("status.jobStatus.state", "FINISHED"))),
    progressing(is_(_STEP, "UPGRADING"), "Waiting for upgrade"),
    progressing(is_(_STEP, "ROLLING_BACK"), "Waiting for rollback"),
    otherwise("Progressing", "Waiting for deploying"),
)

TABLE = {"flink.apache.org/FlinkDeployment": _DEPLOYMENT}
