"""From a plan and what has happened so far to the next steps, a wait, or the end."""

from argosy.engine.health import Health
from argosy.engine.model.resource import ResourceKey
from argosy.engine.plan import Apply, Plan, Prune, Refused, Wave
from argosy.engine.progress import (
    ALL_RUN,
    NO_MORE,
    NOT_APPLIED,
    NOT_VALID,
    Finished,
    Live,
    Outcome,
    Take,
    Wait,
    next_of,
)

A, B = ResourceKey("apps", "Deployment", "n", "a"), ResourceKey("", "ConfigMap", "n", "b")
FIRST = Wave("Sync", 0, (Apply(A, {}, exists=False),))
SECOND = Wave("Sync", 1, (Apply(B, {}, exists=False),))
DONE, FAILED = Outcome(succeeded=True), Outcome(succeeded=False, message="no")


def look(status: str | None = "Healthy", *, exists: bool = True):
    return lambda _: Live(exists=exists, health=Health(status) if status else None)


def test_an_empty_plan_is_finished() -> None:
    assert next_of(Plan(), {}, look()) == Finished("Succeeded", NO_MORE)


def test_a_plan_that_is_refused_is_not_begun() -> None:
    assert next_of(Plan((FIRST,), refused=(Refused(A, "no"),)), {}, look()) == Finished("Failed", NOT_VALID)


def test_a_single_wave_ends_with_its_last_apply_healthy_or_not() -> None:
    assert next_of(Plan((FIRST,)), {}, look()) == Take(FIRST, FIRST.steps)
    assert next_of(Plan((FIRST,)), {A: DONE}, look("Degraded")) == Finished("Succeeded", ALL_RUN)


def test_the_next_wave_waits_for_health() -> None:
    plan = Plan((FIRST, SECOND))
    assert next_of(plan, {A: DONE}, look("Progressing")) == Wait("waiting for healthy state of apps/Deployment/a")
    assert next_of(plan, {A: DONE}, look("Healthy")) == Take(SECOND, SECOND.steps)
    assert next_of(plan, {A: DONE}, look(None)) == Take(SECOND, SECOND.steps)


def test_a_degraded_object_ends_a_sync_of_several_waves() -> None:
    answer = next_of(Plan((FIRST, SECOND)), {A: DONE}, look("Degraded"))
    assert isinstance(answer, Finished)
    assert answer.phase == "Failed"


def test_a_failed_apply_stops_before_the_next_wave() -> None:
    assert next_of(Plan((FIRST, SECOND)), {A: FAILED}, look()) == Finished("Failed", NOT_APPLIED)


def test_an_object_that_disappears_while_waited_for_is_named() -> None:
    answer = next_of(Plan((FIRST, SECOND)), {A: DONE}, look(exists=False))
    assert answer == Finished("Failed", f"Resource {A} is missing, it might have been deleted")


def test_a_prune_is_waited_for_until_the_object_is_gone() -> None:
    plan = Plan((Wave("Sync", 0, (Prune(B, "u", "Foreground"),)), FIRST))
    assert next_of(plan, {B: DONE}, look()) == Wait("waiting for deletion of /ConfigMap/b")
    assert isinstance(next_of(plan, {B: DONE}, look(exists=False)), Take)


def test_what_was_taken_before_a_crash_is_not_taken_again() -> None:
    both = Wave("Sync", 0, (*FIRST.steps, *SECOND.steps))
    assert next_of(Plan((both,)), {A: DONE}, look()) == Take(both, SECOND.steps)
