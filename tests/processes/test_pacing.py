"""One object that never rests is looked at twice a second; nothing is lost, and no other object waits for it."""

from hypothesis import given
from hypothesis import strategies as st

from app_controller.pacing import Look, Pacing
from app_controller.queue import ApplicationKey
from argosy.engine.model.resource import ResourceKey


def look(name: str) -> Look:
    return Look(ApplicationKey("argocd", "app"), ResourceKey("", "ConfigMap", "n", name))


def test_a_few_looks_in_a_row_are_free_and_then_it_is_two_a_second() -> None:
    pacing = Pacing()
    seen = 0
    for tenth in range(100):
        now = tenth / 10
        seen += len(pacing.due(now)) + pacing.may(look("chatty"), now)
    assert 10 + 2 * 9 <= seen <= 10 + 2 * 10 + 1


def test_no_other_object_waits() -> None:
    pacing = Pacing()
    while pacing.may(look("chatty"), 0.0):
        pass
    assert all(pacing.may(look(f"quiet{number}"), 0.0) for number in range(1000))


def test_an_object_that_has_rested_is_forgotten() -> None:
    pacing = Pacing()
    assert pacing.may(look("a"), 0.0)
    assert pacing.may(look("b"), 100.0)
    assert list(pacing._looks) == [look("b")]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 2)), max_size=80))
def test_the_last_event_of_every_object_is_looked_at(events: list[tuple[str, float]]) -> None:
    pacing, now = Pacing(), 0.0
    open_since: set[str] = set()
    for name, pause in events:
        now += pause
        open_since -= {each.key.name for each in pacing.due(now)}
        open_since.add(name)
        if pacing.may(look(name), now):
            open_since.discard(name)
    while pacing.next_at is not None:
        now = pacing.next_at
        open_since -= {each.key.name for each in pacing.due(now)}
    assert not open_since
