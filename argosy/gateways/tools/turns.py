"""Who goes next: so many turns at a time, handed to those who wait, one of each queue after the other.

Used by `pool`. Knows nothing of workers.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Turns:
    """At most `size` turns at a time; a long queue delays itself, not the others."""

    def __init__(self, size: int) -> None:
        self._free = size
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()  # the queue that is next first

    @asynccontextmanager
    async def turn(self, queue: str) -> AsyncGenerator[None]:
        """Wait in a queue, which is served in order, and hold a turn."""
        await self.take(queue)
        try:
            yield
        finally:
            self.give()

    async def take(self, queue: str) -> None:
        """Wait in a queue for a turn, to be given back."""
        if self._free:
            self._free -= 1
            return
        called = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(queue, deque()).append(called)
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():  # it was our turn at the same moment: the next one's then
                self.give()
            raise

    def give(self) -> None:
        """Give a turn back, to whoever is next."""
        while self._waiting:
            queue, callers = next(iter(self._waiting.items()))
            called = callers.popleft()
            if callers:
                self._waiting.move_to_end(queue)
            else:
                del self._waiting[queue]
            if not called.done():  # else it was cancelled while it waited
                called.set_result(None)
                return
        self._free += 1
