"""The workers: each looks at one application after the other; one who is held up is replaced for as long as that takes.

So a repository or a cluster that does not answer holds up its own applications alone, however many lanes they have.
Run by `loop`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app_controller.queue import ApplicationKey, Level, Queue

WORKERS = 16
"""How many look at applications and get on with it."""
MOST = 256
"""How many look at applications at all."""
_HELD_UP_AFTER = 2.0
_LOOKS_EVERY = 0.5


@dataclass(slots=True, eq=False)
class _Turn:
    """A look at an application; `replaced` once another worker does what its worker would do next."""

    since: float
    replaced: bool = False


class Crew:
    """Takes names from a queue and has them looked at."""

    def __init__(self, queue: Queue, look: Callable[[ApplicationKey, Level], Awaitable[None]]) -> None:
        self._queue = queue
        self._look = look
        self._turns: set[_Turn] = set()

    async def run(self) -> None:
        """Look at what is in the queue until cancelled. Raises what a look raises."""
        async with asyncio.TaskGroup() as group:
            for number in range(WORKERS):
                group.create_task(self._work(), name=f"worker {number}")
            while True:
                await asyncio.sleep(_LOOKS_EVERY)
                for turn in self._held_up():
                    turn.replaced = True
                    group.create_task(self._work(), name="another worker")

    async def _work(self) -> None:
        """Look at one application after the other, until replaced."""
        turn = _Turn(0.0)
        while not turn.replaced:
            key, level = await self._queue.take()
            turn = _Turn(asyncio.get_running_loop().time())
            self._turns.add(turn)
            try:
                await self._look(key, level)
            finally:
                self._turns.discard(turn)
                self._queue.done(key)

    def _held_up(self) -> list[_Turn]:
        """Return the looks whose workers are to be replaced now."""
        late = asyncio.get_running_loop().time() - _HELD_UP_AFTER
        room = MOST - WORKERS - sum(turn.replaced for turn in self._turns)
        return [turn for turn in self._turns if turn.since < late and not turn.replaced][: max(0, room)]
