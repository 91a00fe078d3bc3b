"""CronJob. Source: the status of batch/v1 in Kubernetes' API reference, and "CronJob" in its concepts.

The times are of the API server, RFC 3339 in UTC with whole seconds, so that their order is that of the texts.
"""

from argosy.engine.health.form import at, degraded, first_of, has, healthy, is_, lacks, otherwise, suspended
from argosy.engine.model.resource import Manifest


class _LastRunFailed:
    """Nothing has succeeded since the last run was started."""

    def holds(self, manifest: Manifest) -> bool:
        """See `form.Test`."""
        succeeded, scheduled = at(manifest, "status.lastSuccessfulTime"), at(manifest, "status.lastScheduleTime")
        return succeeded is None or str(succeeded) < str(scheduled)


_CRON_JOB = first_of(
    suspended(is_("spec.suspend", True), "CronJob is Suspended"),
    healthy(has("status.active"), "The job is running. Its last execution may not have been successful"),
    healthy(lacks("status.lastScheduleTime"), "CronJob has not been scheduled yet"),
    degraded(_LastRunFailed(), "CronJob has not completed its last execution successfully"),
    otherwise("Healthy", "CronJob has completed its last execution successfully"),
)

TABLE = {"batch/CronJob": _CRON_JOB}
