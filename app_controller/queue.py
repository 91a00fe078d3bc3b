"""Which applications have to be looked at: names only, merged, delayed, one worker per name.

Filled by `loop` (a watch, a timer, a finished operation), emptied by its workers. The truth is read afresh.
"""

import asyncio
import heapq
from collections import Counter, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple


class ApplicationKey(NamedTuple):
    """An Application by its namespace and name."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class Level(IntEnum):
    """How much of an application is looked at again; Argo CD's comparison levels (1.42), and one below them."""

    OBJECTS = 0
    """The live objects that were touched, against what was rendered last."""
    RECENT = 1
    """The live objects, against what was rendered last."""
    LATEST = 2
    """The newest revision too."""
    FRESH = 3
    """The newest revision, asked of the remote at once."""
    HARD = 4
    """That, and nothing remembered: rendered and compared anew."""


Lane = Hashable
"""What names of one kind share: a project and a destination. No lane waits for another."""


def _one_lane(_key: ApplicationKey) -> Lane:
    return None


@dataclass
class Queue:
    """The names that wait, each once with the highest level that was asked for.

    Names are taken lane by lane in turn, and at most `most` of a lane at once: a project with thousands of
    applications, or a cluster that does not answer, holds up nobody else.
    """

    lane: Callable[[ApplicationKey], Lane] = _one_lane
    most: int = 8
    _waiting: dict[ApplicationKey, Level] = field(default_factory=dict)
    _lanes: dict[Lane, deque[ApplicationKey]] = field(default_factory=dict)
    """Lanes with ready names, the one whose turn it is first."""
    _busy: dict[ApplicationKey, Lane] = field(default_factory=dict)
    _held: Counter[Lane] = field(default_factory=Counter)
    """How many of a lane are worked on."""
    _idle: deque[asyncio.Future[None]] = field(default_factory=deque)
    _delayed: dict[ApplicationKey, tuple[float, Level]] = field(default_factory=dict)
    _times: list[tuple[float, ApplicationKey]] = field(default_factory=list)
    _timer: asyncio.TimerHandle | None = None

    def add(self, key: ApplicationKey, level: Level, *, after: float = 0.0) -> None:
        """Ask for an application to be looked at, `after` seconds from now; of several times the first counts."""
        if after > 0:
            self._delay(key, level, asyncio.get_running_loop().time() + after)
            return
        known = key in self._waiting
        self._waiting[key] = max(level, self._waiting.get(key, level))
        if not known and key not in self._busy:
            self._line_up(key)

    async def take(self) -> tuple[ApplicationKey, Level]:
        """Wait for a name that nobody works on; `done` must follow."""
        while (key := self._next()) is None:
            waiting = asyncio.get_running_loop().create_future()
            self._idle.append(waiting)
            await waiting
        return key, self._waiting.pop(key)

    def done(self, key: ApplicationKey) -> None:
        """Give a name back; if it was asked for meanwhile it is ready again."""
        lane = self._busy.pop(key)
        self._held[lane] -= 1
        if not self._held[lane]:
            del self._held[lane]
        self._wake()
        if key in self._waiting:
            self._line_up(key)

    def _line_up(self, key: ApplicationKey) -> None:
        self._lanes.setdefault(self.lane(key), deque()).append(key)
        self._wake()

    def _wake(self) -> None:
        """Have one of those who wait look again."""
        while self._idle:
            waiting = self._idle.popleft()
            if not waiting.done():
                waiting.set_result(None)
                return

    def _next(self) -> ApplicationKey | None:
        """Take the next name of the first lane that may have another one worked on, and send that lane to the end."""
        for lane in self._lanes:
            if self._held[lane] < self.most:
                names = self._lanes.pop(lane)
                key = names.popleft()
                if names:
                    self._lanes[lane] = names
                self._busy[key] = lane
                self._held[lane] += 1
                return key
        return None

    def __len__(self) -> int:
        """How many names wait now, delayed ones not counted."""
        return len(self._waiting)

    def _delay(self, key: ApplicationKey, level: Level, due: float) -> None:
        known = self._delayed.get(key)
        if known is not None and known[0] <= due:
            self._delayed[key] = (known[0], max(level, known[1]))
            return
        self._delayed[key] = (due, level if known is None else max(level, known[1]))
        heapq.heappush(self._times, (due, key))
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if self._times:
            self._timer = asyncio.get_running_loop().call_at(self._times[0][0], self._ring)

    def _ring(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._times and self._times[0][0] <= now:
            due, key = heapq.heappop(self._times)
            # A time that was overtaken by an earlier one is only left in the heap.
            if key in self._delayed and self._delayed[key][0] == due:
                self.add(key, self._delayed.pop(key)[1])
        self._arm()
