"""The clocks: the machine's, and the one that tests move."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from argosy.gateways.clock import Clock, ManualClock, SystemClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_system_clock_tells_utc_and_never_goes_back() -> None:
    clock: Clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert abs(clock.now().timestamp() - time.time()) < 3600
    assert clock.monotonic() <= clock.monotonic()


def test_a_manual_clock_stands_still_until_it_is_moved() -> None:
    clock = ManualClock(NOON)
    assert (clock.now(), clock.monotonic()) == (clock.now(), 0.0) == (NOON, 0.0)
    clock.advance(timedelta(seconds=90))
    assert (clock.now(), clock.monotonic()) == (NOON + timedelta(seconds=90), 90.0)


def test_setting_the_wall_clock_does_not_move_the_monotonic_one() -> None:
    clock = ManualClock(NOON)
    clock.step(timedelta(hours=-1))
    assert (clock.now(), clock.monotonic()) == (NOON - timedelta(hours=1), 0.0)


def test_a_manual_clock_is_not_advanced_backwards() -> None:
    with pytest.raises(ValueError, match="not moved back"):
        ManualClock(NOON).advance(timedelta(seconds=-1))


def test_a_manual_clock_tells_utc_whatever_zone_it_was_given() -> None:
    east = timezone(timedelta(hours=2))
    assert ManualClock(NOON.astimezone(east)).now().tzinfo is UTC
