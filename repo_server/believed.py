"""What a remote said last, believed for a while: how often an index, a list of tags or a tag is asked for.

Called by `charts` and `oci`. However many ask, there is one question under way; who asks for something fresh gets the
answer of a question that began after they asked.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from argosy.gateways.clock import Clock
from repo_server.shared_call import SharedCall

Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class Belief:
    """How old an answer may be: `seconds`, or (`fresh`) not at all, from before this moment."""

    seconds: float
    fresh: bool = False


@dataclass(frozen=True, kw_only=True)
class _Said(Generic[Answer]):
    answer: Answer
    at: float


class Believed(Generic[Answer]):
    """The answer to one question; `ask` gets the answer before, or None."""

    def __init__(self, ask: Callable[[Answer | None], Awaitable[Answer]], *, clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._said: _Said[Answer] | None = None
        self._call = SharedCall(self._again)

    @property
    def last(self) -> Answer | None:
        """What was said last, however long ago."""
        return self._said.answer if self._said is not None else None

    async def get(self, belief: Belief) -> Answer:
        """Return the answer, at most as old as is believed. Raises what `ask` does."""
        if belief.fresh:
            return await self._call.anew()
        if self._said is not None and self._clock.monotonic() - self._said.at < belief.seconds:
            return self._said.answer
        return await self._call.join()

    async def _again(self) -> Answer:
        begun = self._clock.monotonic()
        answer = await self._ask(self._said.answer if self._said is not None else None)
        self._said = _Said(answer=answer, at=begun)
        return answer
