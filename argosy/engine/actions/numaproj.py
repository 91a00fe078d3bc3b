"""Numaflow and Numaplane: pause and go on, decide a progressive rollout, let data be lost.

Source: numaflow.numaproj.io ("pipeline operations"), numaplane's API. A pipeline goes on slowly, from the least number
of Pods, or fast, with as many as before; Numaplane says on its children which of the two it allows. A mono vertex goes
on slowly by forgetting its number of replicas, so that fast is another way only if there was more than the least.
"""

from typing import Any

from argosy.engine.actions.form import Action, Effect, If, annotates, annotation_is, patches
from argosy.engine.health.form import Test, at, either, is_, not_
from argosy.engine.model.resource import Manifest, annotations_of, labels_of

_ALLOWED = "numaflow.numaproj.io/allowed-resume-strategies"
_STRATEGY = "numaflow.numaproj.io/resume-strategy"
_PLANE = "numaplane.numaproj.io/"
_FORCE, _STATE, _DOOMED = f"{_PLANE}force-promote", f"{_PLANE}upgrade-state", f"{_PLANE}marked-for-deletion"
_LOSS = f"{_PLANE}allow-data-loss"
_TRIALS = ("in-progress", "trial")
_PLAY = "fa-solid fa-fw fa-play"


def _pause(path: str, *, disabled: Test) -> Action:
    does = patches(_phase(path, "Paused"))
    return Action(name="pause", does=does, disabled=disabled, icon_class="fa-solid fa-fw fa-pause")


def _gradual(does: Effect, *, disabled: Test) -> Action:
    return Action(
        name="unpause-gradual", does=does, disabled=disabled, display_name="Unpause (gradual)", icon_class=_PLAY
    )


def _fast(does: Effect, *, disabled: Test) -> Action:
    return Action(name="unpause-fast", does=does, disabled=disabled, display_name="Unpause (fast)", icon_class=_PLAY)


def _phase(path: str, wanted: str) -> dict[str, Any]:
    patch: dict[str, Any] = {"desiredPhase": wanted}
    for name in reversed(path.split(".")):
        patch = {name: patch}
    return patch


def _allows(strategy: str) -> Test:
    def says(manifest: Manifest) -> bool:
        allowed = annotations_of(manifest).get(_ALLOWED)
        return not allowed or strategy in (each.strip() for each in allowed.split(","))

    return If(says)


def _has_only_the_least(manifest: Manifest) -> bool:
    replicas, least = at(manifest, "spec.replicas"), at(manifest, "spec.scale.min")
    return not isinstance(replicas, int) or replicas <= (least if isinstance(least, int) else 1)


_RUNNING = not_(is_("spec.lifecycle.desiredPhase", "Paused"))
_OWN_PHASE = "spec.lifecycle"

_FORCE_PROMOTE = Action(
    name="force-promote",
    does=patches({"metadata": {"labels": {_FORCE: "true"}}}),
    disabled=If(
        lambda manifest: labels_of(manifest).get(_STATE) not in _TRIALS or labels_of(manifest).get(_FORCE) == "true"
    ),
    display_name="Force Promote",
    icon_class="fa-solid fa-fw fa-forward",
)
_DELETE = Action(
    name="delete",
    does=annotates({_DOOMED: "true"}),
    disabled=If(
        lambda manifest: (
            not str(labels_of(manifest).get(_STATE)).startswith("recyclable")
            or annotations_of(manifest).get(_DOOMED) == "true"
        )
    ),
    display_name="Delete",
    icon_class="fa-solid fa-fw fa-trash",
)


def _resumed(strategy: str) -> Effect:
    return patches({"metadata": {"annotations": {_STRATEGY: strategy}}, **_phase(_OWN_PHASE, "Running")})


def _rollout(child: str) -> tuple[Action, ...]:
    """Return the actions of a rollout, whose child's specification lies at this path."""
    path = f"{child}.lifecycle"
    running = not_(is_(f"{path}.desiredPhase", "Paused"))
    on = _phase(path, "Running")

    def strategy(value: bool | None) -> dict[str, Any]:
        return {"strategy": {"pauseResume": {"fastResume": value}}}

    return (
        _pause(path, disabled=not_(running)),
        _gradual(
            patches(
                lambda asked: (
                    {"spec": on["spec"] | strategy(None)}
                    if at(asked.manifest, "spec.strategy.pauseResume.fastResume") is not None
                    else on
                )
            ),
            disabled=running,
        ),
        _fast(patches({"spec": on["spec"] | strategy(True)}), disabled=running),
    )


_LOSS_ALLOWED = annotation_is(_LOSS, "true")

TABLE = {
    "numaflow.numaproj.io/InterStepBufferService": (_FORCE_PROMOTE,),
    "numaflow.numaproj.io/MonoVertex": (
        _pause(_OWN_PHASE, disabled=not_(_RUNNING)),
        _gradual(patches({"spec": {"replicas": None, "lifecycle": {"desiredPhase": "Running"}}}), disabled=_RUNNING),
        _fast(
            patches(_phase(_OWN_PHASE, "Running")),
            disabled=either(_RUNNING, not_(_allows("fast")), If(_has_only_the_least)),
        ),
        _FORCE_PROMOTE,
    ),
    "numaflow.numaproj.io/Pipeline": (
        _pause(_OWN_PHASE, disabled=not_(_RUNNING)),
        _gradual(_resumed("slow"), disabled=_RUNNING),
        _fast(_resumed("fast"), disabled=either(_RUNNING, not_(_allows("fast")))),
        _FORCE_PROMOTE,
        _DELETE,
    ),
    "numaplane.numaproj.io/MonoVertexRollout": _rollout("spec.monoVertex.spec"),
    "numaplane.numaproj.io/PipelineRollout": (
        *_rollout("spec.pipeline.spec"),
        Action(
            name="allow-data-loss",
            does=annotates({_LOSS: "true"}),
            disabled=_LOSS_ALLOWED,
            display_name="Allow (Possible) Data Loss",
            icon_class="fa-solid fa-fw fa-unlock",
        ),
        Action(
            name="disallow-data-loss",
            does=annotates({_LOSS: None}),
            disabled=not_(_LOSS_ALLOWED),
            display_name="Disallow Data Loss",
            icon_class="fa-solid fa-fw fa-lock",
        ),
    ),
}
