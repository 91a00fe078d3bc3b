"""Argo Rollouts: what `kubectl argo rollouts` does. Source: argoproj.github.io/argo-rollouts, the plugin's commands.

Rollouts of v0.9 and before write a hash as their observed generation and know no `promoteFull`: those are promoted by
going to the last step. A rollout is fully promoted once the stable replica set is that of the current template.
"""

from typing import Any

from argosy.engine.actions.form import Action, Asked, If, Patch, patches
from argosy.engine.health.form import at, either, has, is_, not_
from argosy.engine.model.resource import Manifest
from argosy.engine.times import text

_ENDS = ("Successful", "Failed", "Error", "Inconclusive")
_STABLE = ("status.stableRS", "status.canary.stableRS", "status.blueGreen.activeSelector")


def _is_promoted(manifest: Manifest) -> bool:
    current = at(manifest, "status.currentPodHash")
    return current is None or current == next((found for path in _STABLE if (found := at(manifest, path))), None)


def _steps(manifest: Manifest) -> int:
    found: Any = at(manifest, "spec.strategy.canary.steps")
    return len(found) if isinstance(found, list) else 0


def _step(manifest: Manifest) -> int:
    found: Any = at(manifest, "status.currentStepIndex")
    return found if isinstance(found, int) else 0


def _is_old(manifest: Manifest) -> bool:
    return not str(at(manifest, "status.observedGeneration") or "0").isdecimal()


_PROMOTED = If(_is_promoted)
_PAUSED = is_("spec.paused", True)
_ABORTED = is_("status.abort", True)
_WAITING = either(_PAUSED, has("status.pauseConditions"))
_THROUGH = If(lambda manifest: _step(manifest) >= _steps(manifest))


def _restarted(asked: Asked) -> Patch:
    return {"spec": {"restartAt": text(asked.now)}}


def _unpaused(manifest: Manifest) -> Patch:
    return {"spec": {"paused": False}} if _PAUSED.holds(manifest) else {}


def _resumed(asked: Asked) -> Patch:
    return {**_unpaused(asked.manifest), "status": {"pauseConditions": None}}


def _promoted(asked: Asked) -> Patch:
    manifest = asked.manifest
    how: Patch = {"promoteFull": True}
    if _is_old(manifest):
        how = {"pauseConditions": None, **({"currentStepIndex": _steps(manifest)} if _steps(manifest) else {})}
    return {**_unpaused(manifest), "status": {"abort": None, **how}}


def _skipped(asked: Asked) -> Patch:
    step = min(_step(asked.manifest) + 1, _steps(asked.manifest))
    return {"status": {"pauseConditions": None, "currentStepIndex": step}}


TABLE = {
    "argoproj.io/Rollout": (
        Action(name="restart", does=patches(_restarted), display_name="Restart Pods"),
        Action(name="resume", does=patches(_resumed), disabled=not_(_WAITING)),
        Action(name="abort", does=patches({"status": {"abort": True}}), disabled=either(_PROMOTED, _ABORTED)),
        Action(name="retry", does=patches({"status": {"abort": None}}), disabled=not_(_ABORTED)),
        Action(name="promote-full", does=patches(_promoted), disabled=_PROMOTED),
        Action(name="skip-current-step", does=patches(_skipped), disabled=either(_PROMOTED, _THROUGH)),
        Action(
            name="pause",
            does=patches({"spec": {"paused": True}}),
            disabled=either(_PROMOTED, _ABORTED, _PAUSED),
        ),
    ),
    "argoproj.io/AnalysisRun": (
        Action(
            name="terminate",
            does=patches({"spec": {"terminate": True}}),
            disabled=either(is_("spec.terminate", True), is_("status.phase", *_ENDS)),
        ),
    ),
}
