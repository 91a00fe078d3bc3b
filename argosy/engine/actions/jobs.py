"""CronJob and Job: start one now, suspend, resume, end. Source: kubernetes.io/docs, `kubectl create job --from`.

A job ends early by the condition `FailureTarget`, upon which its controller stops the Pods and marks it Failed. A
suspended one is resumed, a running one suspended, a finished one neither: only what applies is offered.
"""

from typing import Any

from argosy.engine.actions.form import (
    Action,
    Asked,
    Patch,
    creates,
    name_after,
    owner_reference,
    patches,
)
from argosy.engine.health.form import at, either, every, is_, not_, true
from argosy.engine.model.resource import Manifest, metadata_of
from argosy.engine.times import text

_SUSPENDED = is_("spec.suspend", True)
_ENDING = either(*map(true, ("Complete", "Failed", "FailureTarget", "SuccessCriteriaMet")))
_WORDS = "Job was terminated explicitly through Argo CD"
"""What alerts and scripts of those who come from there look for."""


def _job(asked: Asked) -> Manifest:
    template: Any = at(asked.manifest, "spec.jobTemplate") or {}
    own = metadata_of(template)
    metadata: dict[str, Any] = {
        "name": name_after(asked),
        "namespace": metadata_of(asked.manifest).get("namespace"),
        "labels": own.get("labels"),
        "annotations": {**(own.get("annotations") or {}), "cronjob.kubernetes.io/instantiate": "manual"},
        "ownerReferences": [owner_reference(asked.manifest)],
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {key: value for key, value in metadata.items() if value},
        "spec": template.get("spec") or {},
    }


def _terminated(asked: Asked) -> Patch:
    if _ENDING.holds(asked.manifest):
        return {}
    ended = {
        "type": "FailureTarget",
        "status": "True",
        "reason": "ManuallyTerminated",
        "message": _WORDS,
        "lastTransitionTime": text(asked.now),
    }
    return {"status": {"conditions": [*(at(asked.manifest, "status.conditions") or ()), ended]}}


def _suspending(icon: str, *, shown: Any) -> Action:
    return Action(name="suspend", does=patches({"spec": {"suspend": True}}), shown=shown, icon_class=icon)


def _resuming(icon: str, *, shown: Any) -> Action:
    return Action(name="resume", does=patches({"spec": {"suspend": False}}), shown=shown, icon_class=icon)


_PAUSE, _PLAY = "fa fa-fw fa-pause", "fa fa-fw fa-play"

TABLE = {
    "batch/CronJob": (
        Action(name="create-job", does=creates(_job), display_name="Create Job", icon_class="fa fa-fw fa-plus"),
        _suspending(_PAUSE, shown=not_(_SUSPENDED)),
        _resuming(_PLAY, shown=_SUSPENDED),
    ),
    "batch/Job": (
        _suspending(_PAUSE, shown=every(not_(_SUSPENDED), not_(_ENDING))),
        _resuming(_PLAY, shown=every(_SUSPENDED, not_(_ENDING))),
        Action(name="terminate", does=patches(_terminated), shown=not_(_ENDING), icon_class="fa fa-fw fa-stop"),
    ),
}
