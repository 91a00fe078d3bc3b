"""An object that never rests is looked at now and then, and all others at once. Asked by `loop` for every batch.

Each object may be looked at a few times in a row, and then twice a second; nothing of it is lost, only put together.
"""

import heapq
from dataclasses import dataclass, field
from typing import NamedTuple

from app_controller.queue import ApplicationKey
from argosy.engine.model.resource import ResourceKey

_IN_A_ROW = 10.0
_A_SECOND = 2.0


class Look(NamedTuple):
    """An object that an application's controller wants to look at."""

    application: ApplicationKey
    key: ResourceKey


@dataclass(slots=True)
class Pacing:
    """How often objects were looked at of late. Times are the monotonic clock's, in seconds."""

    _looks: dict[Look, tuple[float, float]] = field(default_factory=dict[Look, tuple[float, float]])
    """How many looks an object has left, and when that was reckoned; none for one that has all of them."""
    _held: dict[Look, float] = field(default_factory=dict[Look, float])
    _times: list[tuple[float, Look]] = field(default_factory=list[tuple[float, Look]])
    _swept_at: float = 0.0

    def may(self, look: Look, now: float) -> bool:
        """Return whether the object may be looked at now; if not it is among the `due` ones when it may."""
        if look in self._held:
            return False
        left = self._left(look, now)
        if left >= 1:
            self._looks[look] = (left - 1, now)
            self._sweep(now)
            return True
        when = now + (1 - left) / _A_SECOND
        self._held[look] = when
        heapq.heappush(self._times, (when, look))
        return False

    def due(self, now: float) -> list[Look]:
        """Return the objects that were held back and may be looked at now."""
        found: list[Look] = []
        while self._times and self._times[0][0] <= now:
            _, look = heapq.heappop(self._times)
            del self._held[look]
            self._looks[look] = (max(0.0, self._left(look, now) - 1), now)
            found.append(look)
        return found

    @property
    def next_at(self) -> float | None:
        """When the next one is due, None if none is held back."""
        return self._times[0][0] if self._times else None

    def _left(self, look: Look, now: float) -> float:
        left, reckoned = self._looks.get(look, (_IN_A_ROW, now))
        return min(_IN_A_ROW, left + (now - reckoned) * _A_SECOND)

    def _sweep(self, now: float) -> None:
        """Forget, now and then, the objects that have rested."""
        if now - self._swept_at < _IN_A_ROW / _A_SECOND:
            return
        self._swept_at = now
        rested = [each for each, (left, at) in self._looks.items() if left + (now - at) * _A_SECOND >= _IN_A_ROW]
        for look in rested:
            del self._looks[look]
