"""Which applications have to be looked at: names only, merged, delayed, one worker per name.

Filled by `loop` (a watch, a timer, a finished operation), emptied by its workers. The truth is read afresh.
"""

import asyncio
import heapq
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
    """How much of an application is looked at again; Argo CD's comparison levels (1.42)."""

    RECENT = 1
    """The live objects, against what was rendered last."""
    LATEST = 2
    """The newest revision too."""
    FRESH = 3
    """The newest revision, asked of the remote at once."""
    HARD = 4
    """That, and nothing remembered: rendered and compared anew."""


@dataclass
class Queue:
    """The names that wait, each once with the highest level that was asked for."""

    _waiting: dict[ApplicationKey, Level] = field(default_factory=dict)
    _ready: asyncio.Queue[ApplicationKey] = field(default_factory=asyncio.Queue)
    _busy: set[ApplicationKey] = field(default_factory=set)
    _delayed: list[tuple[float, ApplicationKey, Level]] = field(default_factory=list)
    _timer: asyncio.TimerHandle | None = None

    def add(self, key: ApplicationKey, level: Level, *, after: float = 0.0) -> None:
        """Ask for an application to be looked at, `after` seconds from now."""
        if after > 0:
            heapq.heappush(self._delayed, (asyncio.get_running_loop().time() + after, key, level))
            self._arm()
            return
        known = key in self._waiting
        self._waiting[key] = max(level, self._waiting.get(key, level))
        if not known and key not in self._busy:
            self._ready.put_nowait(key)

    async def take(self) -> tuple[ApplicationKey, Level]:
        """Wait for a name that nobody works on; `done` must follow."""
        key = await self._ready.get()
        self._busy.add(key)
        return key, self._waiting.pop(key)

    def done(self, key: ApplicationKey) -> None:
        """Give a name back; if it was asked for meanwhile it is ready again."""
        self._busy.discard(key)
        if key in self._waiting:
            self._ready.put_nowait(key)

    def __len__(self) -> int:
        """How many names wait now, delayed ones not counted."""
        return len(self._waiting)

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if self._delayed:
            self._timer = asyncio.get_running_loop().call_at(self._delayed[0][0], self._ring)

    def _ring(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._delayed and self._delayed[0][0] <= now:
            _, key, level = heapq.heappop(self._delayed)
            self.add(key, level)
        self._arm()
