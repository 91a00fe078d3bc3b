"""Argo Rollouts: rollouts, analysis runs, experiments. Source: argo-rollouts.readthedocs.io, its specification.

Since 1.0 a rollout says its own phase and message; before, it has to be read off its conditions and counts. It keeps
the generation that it has seen as a text, which before 1.0 was a hash.
"""

from argosy.engine.health.form import (
    Fewer,
    FirstOf,
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
    otherwise,
    progressing,
    suspended,
    true,
)
from argosy.engine.model.resource import Manifest


def _run(start: str, *, failed: str, errored: str, succeeded: str) -> FirstOf:
    """Return the check of what runs once; `start` is how its name begins a sentence."""
    return first_of(
        healthy(is_("status.phase", "Successful"), first_text("{status.message}", f"{start} {succeeded}")),
        degraded(is_("status.phase", "Failed"), first_text("{status.message}", f"{start} {failed}")),
        degraded(is_("status.phase", "Error"), first_text("{status.message}", f"{start} {errored}")),
        Rule(
            "Unknown", is_("status.phase", "Inconclusive"), first_text("{status.message}", f"{start} was inconclusive")
        ),
        progressing(is_("status.phase", "Running"), first_text("{status.message}", f"{start} is running")),
        otherwise("Progressing", first_text("{status.message}", f"{start} has not started")),
    )


class _SpecUnseen:
    """The controller has not seen the newest generation, of those that say which they have seen."""

    def holds(self, manifest: Manifest) -> bool:
        """See `form.Test`."""
        seen, newest = at(manifest, "status.observedGeneration"), at(manifest, "metadata.generation")
        return isinstance(newest, int) and str(seen).isdecimal() and int(str(seen)) < newest


class _NotCutOver:
    """The active service, or the stable replica set, is not of the newest pods yet."""

    def holds(self, manifest: Manifest) -> bool:
        """See `form.Test`."""
        newest = at(manifest, "status.currentPodHash")
        if at(manifest, "spec.strategy.blueGreen") is not None:
            serving = at(manifest, "status.blueGreen.activeSelector") or at(manifest, "status.activeSelector")
        else:
            serving = at(manifest, "status.stableRS") or at(manifest, "status.canary.stableRS")
        return bool(newest and serving and newest != serving)


def _of_progressing(manifest: Manifest) -> str:
    return str(condition(manifest, "Progressing").get("message") or "Rollout is degraded")


_FINISHING = "Waiting for roll out to finish: "
_UNSEEN = "Waiting for rollout spec update to be observed"
_BY_PHASE = (
    progressing(every(has("status.phase"), _SpecUnseen()), _UNSEEN),
    healthy(is_("status.phase", "Healthy"), "{status.message}"),
    suspended(is_("status.phase", "Paused"), "{status.message}"),
    degraded(is_("status.phase", "Degraded"), "{status.message}"),
    progressing(is_("status.phase", "Progressing"), "{status.message}"),
    Rule("Unknown", has("status.phase"), first_text("{status.message}", "{status.phase}")),
)
_BY_COUNTS = (
    progressing(lacks("status"), _UNSEEN),
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
    progressing(_NotCutOver(), f"{_FINISHING}active service cutover pending"),
    progressing(
        every(has("spec.strategy.canary"), Fewer("status.updatedReplicas", "status.replicas")),
        f"{_FINISHING}old replicas are pending termination",
    ),
    otherwise("Healthy"),
)

TABLE = {
    "argoproj.io/AnalysisRun": _run(
        "Analysis run", failed="failed", errored="had an error", succeeded="completed successfully"
    ),
    "argoproj.io/Experiment": _run(
        "Experiment", failed="has failed", errored="had an error", succeeded="is successful"
    ),
    "argoproj.io/Rollout": first_of(*_BY_PHASE, *_BY_COUNTS),
}
