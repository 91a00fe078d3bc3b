"""When what has failed is tried again, by each setting. Argo CD 2.60; `test_cache` has it through the service."""

from datetime import UTC, datetime, timedelta

import pytest

from argosy.gateways.clock import ManualClock
from repo_server.cache.failures import Failures, Pause
from repo_server.cache.footprint import Footprint
from repo_server.errors import Refused

FOOTPRINT = Footprint(trees=())
QUESTION = b"question"


async def unchanged(footprint: Footprint) -> bool:
    return footprint == FOOTPRINT


async def changed(footprint: Footprint) -> bool:
    return footprint != FOOTPRINT


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 2, tzinfo=UTC))


def failed(clock: ManualClock, times: int, pause: Pause | None = None) -> Failures:
    failures = Failures(pause=pause or Pause(), clock=clock)
    for _ in range(times):
        failures.note(QUESTION, FOOTPRINT, Refused("render_failed", "at one: broken"), name="one")
    return failures


async def is_tried(failures: Failures) -> bool:
    try:
        await failures.check(QUESTION, unchanged, name="two")
    except Refused:
        return False
    return True


async def test_2_60_in_a_pause_the_last_error_is_told_of_the_commit_that_is_asked_for(clock: ManualClock):
    with pytest.raises(Refused, match=r"^at two: broken \(failed 3 times; .*hard refresh\)$") as refused:
        await failed(clock, 3).check(QUESTION, unchanged, name="two")
    assert refused.value.code == "render_failed"


@pytest.mark.parametrize(("times", "after", "tried"), [(2, 3, True), (3, 3, False), (1, 1, False), (99, 0, True)])
async def test_2_60_pauses_begin_after_so_many_failures(clock: ManualClock, times: int, after: int, tried: bool):
    assert await is_tried(failed(clock, times, Pause(after=after))) is tried


async def test_2_60_a_pause_ends_after_so_long(clock: ManualClock):
    failures = failed(clock, 3, Pause(seconds=60))
    clock.advance(timedelta(seconds=59))
    assert not await is_tried(failures)
    clock.advance(timedelta(seconds=1))
    assert await is_tried(failures)


async def test_2_60_a_pause_ends_after_so_many_requests(clock: ManualClock):
    failures = failed(clock, 3, Pause(requests=2))
    assert [await is_tried(failures) for _ in range(4)] == [False, False, True, True]


async def test_2_60_what_was_read_is_looked_at_in_a_pause(clock: ManualClock):
    failures = failed(clock, 3)
    await failures.check(QUESTION, changed, name="two")
    assert await is_tried(failures), "a fix ends the pause for good"
