"""CronWorkflow. Source: argo-workflows.readthedocs.io, "Cron workflows"; its conditions say what is wrong.

Workflow itself is among the kinds that are checked by `health.argo`.
"""

from argosy.engine.health.form import degraded, first_of, is_, otherwise, suspended, true

_CRON_WORKFLOW = first_of(
    degraded(true("SpecError"), "{conditions[SpecError].message}"),
    degraded(true("SubmissionError"), "{conditions[SubmissionError].message}"),
    suspended(is_("spec.suspend", True), "CronWorkflow is suspended."),
    otherwise("Healthy", "CronWorkflow is healthy."),
)

TABLE = {"argoproj.io/CronWorkflow": _CRON_WORKFLOW}
