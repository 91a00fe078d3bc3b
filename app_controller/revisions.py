"""At which revision each source stands, asked once per interval however many applications share it.

Asked by `rendering` for one application, polled by `loop` for all; an application whose source has moved is told, and
so one push costs one question, and a settled installation one question per source and interval.
"""

import asyncio
import heapq
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from app_controller.queue import ApplicationKey
from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.engine.settings import Timers
from argosy.gateways.clock import Clock
from argosy.gateways.manifests.errors import Refused, Unavailable
from argosy.gateways.manifests.port import Manifests
from argosy.wire.repo_server import ResolveRequest

# A little less than the interval: what the last round of polling listed must not answer the next one.
_BELIEVED_SHARE = 0.9
_FAILURE_BELIEVED = 5.0

Moved = Callable[[Iterable[ApplicationKey]], None]
"""Told of the applications of which a source stands at another revision than before, or cannot be asked."""


@dataclass(slots=True)
class _Standing:
    """What is known of one source, and who renders it; `due` is when it is polled next."""

    members: set[ApplicationKey] = field(default_factory=set[ApplicationKey])
    revision: str = ""
    failure: Exception | None = None
    asked_at: float = float("-inf")
    asking: asyncio.Task[str] | None = None
    due: float = float("inf")
    asked: int = 0
    answered: int = 0
    """How many questions were asked, and which of them had the last answer that counts."""


class Revisions:
    """The sources of all applications, each known by what its revision depends on: repository, target, chart."""

    def __init__(self, manifests: Manifests, clock: Clock) -> None:
        self._manifests = manifests
        self._clock = clock
        self._moved: Moved = _nobody
        self._known: dict[ResolveRequest, _Standing] = {}
        self._of: dict[ApplicationKey, tuple[ResolveRequest, ...]] = {}
        self._times: list[tuple[float, int, ResolveRequest]] = []
        self._polls = 0

    def listen(self, moved: Moved) -> None:
        """Tell this listener of sources that move."""
        self._moved = moved

    async def of(
        self, key: ApplicationKey, sources: Iterable[tuple[Source, Repository]], timers: Timers, *, fresh: bool
    ) -> tuple[str, ...]:
        """Return the revisions of an application's sources, in order, and count it among those who render them.

        What is known is not asked again within the interval, unless `fresh`. Raises `Refused`, `Unavailable`.
        """
        questions = tuple(_question(*each) for each in sources)
        standings = self._join(key, questions, timers)
        asked = zip(questions, standings, strict=True)
        return tuple(await asyncio.gather(*(self._answer(*each, timers, fresh=fresh) for each in asked)))

    def forget(self, key: ApplicationKey) -> None:
        """Count an application no longer."""
        self._leave(key, self._of.pop(key, ()))

    def take_due(self) -> list[ResolveRequest]:
        """Return the sources that are to be polled now, each once; `poll` must follow."""
        now, due = self._clock.monotonic(), list[ResolveRequest]()
        while self._times and self._times[0][0] <= now:
            when, _, question = heapq.heappop(self._times)
            standing = self._known.get(question)
            # A time that another has replaced is only left in the heap.
            if standing is not None and standing.due == when:
                due.append(question)
        return due

    async def poll(self, question: ResolveRequest, timers: Timers) -> None:
        """Ask where a source stands, tell who renders it if that has changed, and come back after the interval."""
        standing = self._known.get(question)
        if standing is None:
            return
        self._schedule(question, standing, timers)
        try:
            await self._ask(question, standing, timers, fresh=False)
        except (Refused, Unavailable):
            self._moved(tuple(standing.members))

    def _join(
        self, key: ApplicationKey, questions: tuple[ResolveRequest, ...], timers: Timers
    ) -> tuple[_Standing, ...]:
        """Count an application among those who render these sources, and no others; return what is known of them."""
        before, self._of[key] = self._of.get(key, ()), questions
        latest = self._clock.monotonic() + timers.reconciliation + timers.jitter
        standings: list[_Standing] = []
        for question in questions:
            standing = self._known.setdefault(question, _Standing())
            standing.members.add(key)
            if standing.due > latest:  # It is new, or the interval has become shorter.
                self._schedule(question, standing, timers)
            standings.append(standing)
        self._leave(key, (each for each in before if each not in questions))
        return tuple(standings)

    def _leave(self, key: ApplicationKey, questions: Iterable[ResolveRequest]) -> None:
        for question in questions:
            standing = self._known.get(question)
            if standing is not None:
                standing.members.discard(key)
                if not standing.members:
                    del self._known[question]

    def _schedule(self, question: ResolveRequest, standing: _Standing, timers: Timers) -> None:
        if timers.reconciliation <= 0:
            standing.due = float("inf")
            return
        pause = timers.reconciliation + random.uniform(0, timers.jitter)  # noqa: S311  spread, not a secret
        self._polls += 1
        standing.due = self._clock.monotonic() + pause
        heapq.heappush(self._times, (standing.due, self._polls, question))

    async def _answer(self, question: ResolveRequest, standing: _Standing, timers: Timers, *, fresh: bool) -> str:
        age = self._clock.monotonic() - standing.asked_at
        if not fresh and standing.failure is not None and age < _FAILURE_BELIEVED:
            raise standing.failure
        known = standing.revision if standing.failure is None else ""
        if not fresh and known and age < timers.reconciliation * _BELIEVED_SHARE:
            return known
        return await self._ask(question, standing, timers, fresh=fresh)

    async def _ask(self, question: ResolveRequest, standing: _Standing, timers: Timers, *, fresh: bool) -> str:
        """Ask the repo server; of several who want to know at once the first asks, unless it has to be fresh."""
        if standing.asking is None or fresh:
            standing.asking = asyncio.create_task(self._resolve(question, standing, timers, fresh=fresh))
        return await asyncio.shield(standing.asking)

    async def _resolve(self, question: ResolveRequest, standing: _Standing, timers: Timers, *, fresh: bool) -> str:
        believe = timers.reconciliation * _BELIEVED_SHARE or None
        asked = ResolveRequest(question.source, question.repository, fresh=fresh, believe=believe)
        standing.asked += 1
        number = standing.asked
        try:
            return self._take(number, await self._manifests.resolve(asked), standing)
        except (Refused, Unavailable) as error:
            if number > standing.answered:
                standing.answered, standing.failure = number, error
            raise
        finally:
            standing.asked_at = self._clock.monotonic()
            if standing.asking is asyncio.current_task():
                standing.asking = None

    def _take(self, number: int, revision: str, standing: _Standing) -> str:
        """Take an answer, unless that to a later question came first; return where the source stands."""
        if number < standing.answered and standing.failure is None:
            return standing.revision
        before = standing.revision
        standing.answered, standing.revision, standing.failure = number, revision, None
        if before not in ("", revision):
            self._moved(tuple(standing.members))
        return revision


def _question(source: Source, repository: Repository) -> ResolveRequest:
    """Return the part of a source that its revision depends on: two with the same one stand at the same revision."""
    asked = Source(
        source.repo_url,
        target_revision=source.target_revision,
        chart=source.chart,
        tag_prefix=source.tag_prefix,
    )
    return ResolveRequest(asked, repository)


def _nobody(keys: Iterable[ApplicationKey]) -> None:
    del keys
