"""The only reader of time: everyone else is told."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time; `wiring` makes one and hands it on."""

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds from some point in the past; never goes back."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251  the one place

    def monotonic(self) -> float:
        """Return seconds from some point in the past; never goes back."""
        return time.monotonic()


class ManualClock:
    """A clock that stands still until it is moved; for tests."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Return the time that it was moved to."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds that it was moved by."""
        return self._monotonic

    def advance(self, by: timedelta) -> None:
        """Move on; both readings go with it. Raises `ValueError` if `by` is negative."""
        if by < timedelta(0):
            raise ValueError(f"a clock is not moved back: {by}")
        self._now += by
        self._monotonic += by.total_seconds()

    def step(self, by: timedelta) -> None:
        """Set the wall clock forward or back, as an administrator does; the monotonic reading stays."""
        self._now += by
