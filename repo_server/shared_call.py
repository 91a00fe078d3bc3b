"""One call under way, shared by all who wait for it: how a hundred applications cause one fetch.

Called by `git.mirror` and `charts.repository`. Who joins may say that only a call begun after now will do, because the
one under way may already have looked before the change that is waited for.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class SharedCall(Generic[Answer]):
    """Runs `work` at most once at a time. One caller's cancellation takes nothing from the others."""

    def __init__(self, work: Callable[[], Awaitable[Answer]]) -> None:
        self._work = work
        self._under_way: asyncio.Task[Answer] | None = None
        self._next: asyncio.Task[Answer] | None = None
        self._looking = False

    async def join(self) -> Answer:
        """Return the answer of the call under way, starting one if there is none."""
        if self._under_way is None:
            self._under_way = self._start(after=None)
        return await asyncio.shield(self._under_way)

    async def anew(self) -> Answer:
        """Return the answer of a call that began after this moment; those who ask meanwhile share the next one."""
        if self._next is None:
            if self._under_way is None or not self._looking:
                return await self.join()
            self._next = self._start(after=self._under_way)
        return await asyncio.shield(self._next)

    def _start(self, *, after: "asyncio.Task[Answer] | None") -> "asyncio.Task[Answer]":
        task = asyncio.create_task(self._run(after))
        task.add_done_callback(_look_at)
        return task

    async def _run(self, before: "asyncio.Task[Answer] | None") -> Answer:
        if before is not None:
            await asyncio.wait([before])
            self._under_way, self._next = self._next, None
        self._looking = True
        try:
            return await self._work()
        finally:
            self._looking = False
            if self._next is None:
                self._under_way = None


def _look_at(task: "asyncio.Task[Answer]") -> None:
    """Take note of the task's error, so that it is not reported as lost when every caller has gone."""
    if not task.cancelled():
        task.exception()
