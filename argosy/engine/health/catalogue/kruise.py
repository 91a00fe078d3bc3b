"""OpenKruise's workloads. Source: openkruise.io/docs, the page of each workload, and the status of its API.

A partition leaves so many pods (or percent of them) at the old revision; once the others are updated, a person has to
go on. A job says its phase, a schedule what it runs.
"""

from dataclasses import dataclass

from argosy.engine.health.form import (
    Behind,
    at,
    degraded,
    either,
    first_of,
    has,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
    suspended,
)
from argosy.engine.health.verdict import Health
from argosy.engine.model.resource import Manifest

_WAITING = "Waiting for initialization"
_UNSEEN = either(lacks("status.observedGeneration"), Behind())


@dataclass(frozen=True, slots=True)
class _Workload:
    """A kind of workload: its name in messages, and the paths to its strategy and counts."""

    name: str
    strategy: str
    desired: str
    updated: str
    ready: str
    parts: str = "replicas"

    def __call__(self, manifest: Manifest) -> Health:
        """Return the health of a workload of this kind."""
        desired = _number(at(manifest, self.desired), absent=1)
        if _UNSEEN.holds(manifest) or (self.desired.startswith("status.") and not desired):
            return Health("Progressing", _WAITING)
        if at(manifest, f"{self.strategy}.paused") is True:
            return Health("Suspended", f"{self.name} is paused")
        held = _share(at(manifest, f"{self.strategy}.partition"), desired)
        wanted = max(desired - held, 0)
        updated = _number(at(manifest, self.updated), absent=0 if held else wanted)
        if updated < wanted:
            return Health("Progressing", f"{updated} of {wanted} {self.parts} are updated")
        if held:
            return Health("Suspended", f"{self.name} needs manual intervention")
        if _number(at(manifest, self.ready), absent=0) < desired:
            return Health("Degraded", f"Some {self.parts} are not ready or available")
        return Health("Healthy", f"All {self.name} workloads are ready and updated")


def _number(found: object, *, absent: int) -> int:
    return absent if found is None else int(str(found))


def _share(partition: object, desired: int) -> int:
    """Return how many pods a partition leaves; Kubernetes rounds percentages up."""
    text = str(partition or 0)
    return -(-desired * int(text[:-1]) // 100) if text.endswith("%") else int(text)


_CLONE_SET = _Workload(
    "Cloneset",
    strategy="spec.updateStrategy",
    desired="spec.replicas",
    updated="status.updatedReplicas",
    ready="status.updatedAvailableReplicas",
)
_STATEFUL_SET = _Workload(
    "Statefulset",
    strategy="spec.updateStrategy.rollingUpdate",
    desired="spec.replicas",
    updated="status.updatedReplicas",
    ready="status.updatedAvailableReplicas",
)
_DAEMON_SET = _Workload(
    "Daemonset",
    strategy="spec.updateStrategy.rollingUpdate",
    desired="status.desiredNumberScheduled",
    updated="status.updatedNumberScheduled",
    ready="status.numberReady",
    parts="pods",
)

_BROADCAST_JOB = first_of(
    suspended(either(is_("spec.paused", True), is_("status.phase", "paused")), "BroadcastJob is Paused"),
    healthy(is_("status.phase", "completed"), "BroadcastJob is completed"),
    degraded(is_("status.phase", "failed"), "BroadcastJob failed"),
    progressing(is_("status.phase", "running"), "BroadcastJob is running"),
    otherwise("Progressing", _WAITING),
)
_CRON_JOB = first_of(
    suspended(is_("spec.paused", True), "AdvancedCronJob is Paused"),
    progressing(lacks("status"), _WAITING),
    progressing(has("status.active"), "AdvancedCronJobs has active jobs"),
    degraded(lacks("status.lastScheduleTime"), "AdvancedCronJobs has not run successfully"),
    otherwise("Healthy", "AdvancedCronJobs has run successfully"),
)

TABLE = {
    "apps.kruise.io/AdvancedCronJob": _CRON_JOB,
    "apps.kruise.io/BroadcastJob": _BROADCAST_JOB,
    "apps.kruise.io/CloneSet": _CLONE_SET,
    "apps.kruise.io/DaemonSet": _DAEMON_SET,
    "apps.kruise.io/StatefulSet": _STATEFUL_SET,
}
