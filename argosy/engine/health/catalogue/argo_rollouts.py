"""Argo Rollouts: rollouts, analysis runs, experiments. Source: argo-rollouts.readthedocs.io, and how it finds a phase.

Since 1.0 a rollout says its own phase and message; before, it has to be read off its conditions and counts. It keeps
the generation that it has seen as a text, which before 0.10 was a hash.
"""

from argosy.engine.health.form import (
    Fewer,
    FirstOf,
    Message,
    Rule,
    at,
    condition,
    degraded,
    either,
    every,
    false,
    first_of,
    first_text,
    has,
    healthy,
    is_,
    lacks,
    not_,
    otherwise,
    progressing,
    suspended,
    true,
)
from argosy.engine.model.resource import Manifest


def _run(start: str, *, failed: str, inconclusive: str, succeeded: str) -> FirstOf:
    """Return the check of what runs once; `start` is how its name begins a sentence."""

    def told(end: str) -> Message:
        return first_text("{status.message}", f"{start} {end}")

    return first_of(
        healthy(is_("status.phase", "Successful"), told(succeeded)),
        degraded(is_("status.phase", "Failed"), told(failed)),
        degraded(is_("status.phase", "Error"), told("had an error")),
        Rule("Unknown", is_("status.phase", "Inconclusive"), told(inconclusive)),
        progressing(is_("status.phase", "Running"), told("is running")),
        progressing(is_("status.phase", "Pending"), told("is pending")),
        otherwise("Progressing", told("has not started")),
    )


class _SpecUnseen:
    """The controller has not seen the newest generation, of those that say which they have seen."""

    def holds(self, manifest: Manifest) -> bool:
        """See `form.Test`."""
        return _older(at(manifest, "status.observedGeneration"), at(manifest, "metadata.generation"))


class _WorkloadUnseen:
    """The rollout takes its pods from another workload, and the controller has not seen the newest of that."""

    def holds(self, manifest: Manifest) -> bool:
        """See `form.Test`."""
        newest = at(manifest, "metadata.annotations[rollout.argoproj.io/workload-generation]")
        return _older(at(manifest, "status.workloadObservedGeneration"), newest)


def _older(seen: object, newest: object) -> bool:
    return str(seen).isdecimal() and str(newest).isdecimal() and int(str(seen)) < int(str(newest))


class _NotCutOver:
    """The active service does not lead to the newest pods yet."""

    def holds(self, manifest: Manifest) -> bool:
        """See `form.Test`."""
        active = at(manifest, "status.blueGreen.activeSelector") or at(manifest, "status.activeSelector")
        return active != at(manifest, "status.currentPodHash")


class _NotStable:
    """A controller that says which replica set is the stable one does not say that it is the newest."""

    def holds(self, manifest: Manifest) -> bool:
        """See `form.Test`."""
        stable = at(manifest, "status.stableRS") or at(manifest, "status.canary.stableRS")
        return bool(stable) and stable != at(manifest, "status.currentPodHash")


def _of_progressing(manifest: Manifest) -> str:
    return str(condition(manifest, "Progressing").get("message") or "Rollout is degraded")


_UNSEEN = "Waiting for rollout spec update to be observed"
_FINISHING = "Waiting for roll out to finish: "
_BLUE_GREEN = not_(is_("spec.strategy.blueGreen", None))
_CANARY = not_(is_("spec.strategy.canary", None))
_BY_PHASE = (
    progressing(either(lacks("status"), _SpecUnseen()), _UNSEEN),
    progressing(
        every(is_("status.controllerPause", True), lacks("status.pauseConditions")), "Waiting for rollout to unpause"
    ),
    progressing(_WorkloadUnseen(), f"{_UNSEEN} for the reference workload"),
    healthy(is_("status.phase", "Healthy"), "{status.message}"),
    suspended(is_("status.phase", "Paused"), "{status.message}"),
    degraded(is_("status.phase", "Degraded"), "{status.message}"),
    progressing(is_("status.phase", "Progressing"), "{status.message}"),
    Rule("Unknown", has("status.phase"), first_text("{status.message}", "{status.phase}")),
)
_BY_COUNTS = (
    degraded(true("InvalidSpec"), "{conditions[InvalidSpec].message}"),
    degraded(
        either(is_("status.abort", True), false("Progressing", "RolloutAborted", "ProgressDeadlineExceeded")),
        _of_progressing,
    ),
    suspended(either(is_("spec.paused", True), has("status.pauseConditions")), "Rollout is paused"),
    progressing(Fewer("status.updatedReplicas", "spec.replicas"), f"{_FINISHING}More replicas need to be updated"),
    progressing(
        Fewer("status.availableReplicas", "status.updatedReplicas"),
        f"{_FINISHING}updated replicas are still becoming available",
    ),
    progressing(every(_BLUE_GREEN, _NotCutOver()), f"{_FINISHING}active service cutover pending"),
    progressing(every(_BLUE_GREEN, _NotStable()), f"{_FINISHING}waiting for analysis to complete"),
    progressing(
        every(
            _CANARY,
            is_("spec.strategy.canary.trafficRouting", None),
            Fewer("status.updatedReplicas", "status.replicas"),
        ),
        f"{_FINISHING}old replicas are pending termination",
    ),
    progressing(every(_CANARY, _NotStable()), f"{_FINISHING}waiting for all steps to complete"),
    otherwise("Healthy"),
)

TABLE = {
    "argoproj.io/AnalysisRun": _run(
        "Analysis run", failed="failed", inconclusive="was inconclusive", succeeded="completed successfully"
    ),
    "argoproj.io/Experiment": _run(
        "Experiment", failed="has failed", inconclusive="is inconclusive", succeeded="is successful"
    ),
    "argoproj.io/Rollout": first_of(*_BY_PHASE, *_BY_COUNTS),
}
