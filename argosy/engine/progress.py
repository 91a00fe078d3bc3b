"""A plan and what has happened so far -> the next steps, a wait, or the end. Called by `app_controller.operate`.

Rules 4.14 to 4.18 of Argo CD: waves in order; a sync of several waves waits for each wave's objects to be healthy (or
gone), one of a single wave ends with the last apply.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from argosy.engine.health import Health
from argosy.engine.model.resource import ResourceKey
from argosy.engine.plan import Apply, CreateNamespace, Plan, Prune, Step, Wave


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one step went; `message` is the API server's word or ours."""

    succeeded: bool
    message: str = ""


@dataclass(frozen=True, slots=True)
class Live:
    """What is known of an object now: whether it is there, and its health (None if its kind has no check)."""

    exists: bool
    health: Health | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """Take these steps now, together."""

    wave: Wave
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait until something about these objects changes; `message` is shown."""

    message: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The operation is over."""

    phase: Literal["Succeeded", "Failed"]
    message: str


Next = Take | Wait | Finished

ALL_RUN = "successfully synced (all tasks run)"
NO_MORE = "successfully synced (no more tasks)"
NOT_APPLIED = "one or more objects failed to apply"
NOT_VALID = "one or more synchronization tasks are not valid"
NOT_COMPLETED = "one or more synchronization tasks completed unsuccessfully"


def next_of(plan: Plan, outcomes: Mapping[ResourceKey, Outcome], look: Callable[[ResourceKey], Live]) -> Next:
    """Return what to do next; `outcomes` holds the steps that were taken, `look` reads the live state of an object."""
    if plan.refused:
        return Finished("Failed", NOT_VALID)
    for wave in plan.waves:
        if any(step.key in outcomes and not outcomes[step.key].succeeded for step in wave.steps):
            return Finished("Failed", NOT_APPLIED)
        untaken = tuple(step for step in wave.steps if step.key not in outcomes)
        if untaken:
            return Take(wave, untaken)
        if len(plan.waves) > 1:
            state = _settled(wave, look)
            if state is not None:
                return state
    return Finished("Succeeded", ALL_RUN if plan.waves else NO_MORE)


def _settled(wave: Wave, look: Callable[[ResourceKey], Live]) -> Wait | Finished | None:
    """Return None once every object of the wave is healthy, or gone if it was pruned."""
    unhealthy: list[ResourceKey] = []
    present: list[ResourceKey] = []
    for step in wave.steps:
        live = look(step.key)
        match step:
            case Prune():
                present.extend([step.key] if live.exists else [])
            case Apply() | CreateNamespace() if not live.exists:
                return Finished("Failed", f"Resource {step.key} is missing, it might have been deleted")
            case Apply() | CreateNamespace():
                status = live.health.status if live.health else "Healthy"
                if status == "Degraded":
                    return Finished("Failed", f"{NOT_COMPLETED}: {step.key} is Degraded{_because(live)}")
                unhealthy.extend([] if status == "Healthy" else [step.key])
    if present:
        return Wait(f"waiting for deletion of {_named(present)}")
    if unhealthy:
        return Wait(f"waiting for healthy state of {_named(unhealthy)}")
    return None


def _because(live: Live) -> str:
    return f": {live.health.message}" if live.health and live.health.message else ""


def _named(keys: list[ResourceKey]) -> str:
    first = f"{keys[0].group}/{keys[0].kind}/{keys[0].name}"
    return first if len(keys) == 1 else f"{first} and {len(keys) - 1} more resources"
