"""What only the tool worker can tell: the answers, asked for in batches and remembered. Called by `judge`.

Health by a user's script is remembered by the object's version and the script, what jq leads to by the content and the
expressions. A script that takes too long marks the objects that it is about, costs a second and not one for each of
them, and is tried again after a while.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from argosy.engine import health, normalise
from argosy.engine.diff import Unknown
from argosy.engine.health import Health, LuaHealth, Policy
from argosy.engine.health.policy import Script
from argosy.engine.model.application import IgnoreDifference
from argosy.engine.model.resource import Manifest, metadata_of
from argosy.engine.normalise import JqAnswer, JqDelete, Rules
from argosy.engine.settings import Customisations, Problem, config_map, customisations
from argosy.gateways.clock import Clock
from argosy.gateways.tools import asking
from argosy.gateways.tools.asking import Told
from argosy.gateways.tools.errors import ToolError
from argosy.gateways.tools.scripts import Scripts

T = TypeVar("T")
Question = TypeVar("Question")
Key = TypeVar("Key")

MOST = 50_000
"""How many answers of a kind are kept; the oldest go first."""
AGAIN_AFTER = 60.0
"""Seconds after which what took too long is tried again."""
_AT_ONCE = 16
_ROUNDS = 8
_MOST_RULES = 1000
_TOO_SLOW = "it took too long for another object a moment ago, and is tried again in a minute"


@dataclass(slots=True)
class _Memory(Generic[Key, T]):
    """Answers by what they are about; passing ones for a while."""

    clock: Clock
    known: dict[Key, T] = field(default_factory=dict[Key, T])
    _passing: deque[tuple[float, Key]] = field(default_factory=deque[tuple[float, Key]])

    def keep(self, key: Key, told: Told[T]) -> None:
        """Remember an answer."""
        self.known.pop(key, None)
        self.known[key] = told.answer
        if told.passing:
            self._passing.append((self.clock.monotonic() + AGAIN_AFTER, key))
        while len(self.known) > MOST:
            del self.known[next(iter(self.known))]

    def refresh(self) -> None:
        """Forget what may be another by now."""
        while self._passing and self._passing[0][0] <= self.clock.monotonic():
            self.known.pop(self._passing.popleft()[1], None)


class Answers:
    """The answers of one tool worker pool, for all applications of a controller."""

    def __init__(self, scripts: Scripts, clock: Clock) -> None:
        self._scripts = scripts
        self._healths: _Memory[tuple[str, str, Script], Health] = _Memory(clock)
        self._removals: _Memory[str, JqAnswer] = _Memory(clock)
        self._slow: _Memory[str, str] = _Memory(clock)
        self._informed: dict[tuple[IgnoreDifference, ...], Rules] = {}

    def informed(self, rules: Rules) -> Rules:
        """Return the rules with all that jq has said and will say: one value for all applications of equal rules."""
        known = self._informed.get(rules.ignore)
        if known is None or known != rules:
            if len(self._informed) >= _MOST_RULES:
                self._informed.clear()
            known = self._informed[rules.ignore] = rules.knowing(self._removals.known)
        return known

    def health(self, manifest: Manifest, policy: Policy) -> Health | LuaHealth | None:
        """Return the health of a live object, or the question that `learn_health` has answered."""
        question = health.question(manifest, policy)
        if question is None:
            return health.assess(manifest, policy)
        self._healths.refresh()
        answer = self._healths.known.get(_version(question))
        return question if answer is None else health.assess(manifest, policy, answer)

    async def healths(self, manifests: Sequence[Manifest], policy: Policy) -> list[Health | None]:
        """Return the health of live objects, in their order; what is not known is asked together."""
        found = [self.health(manifest, policy) for manifest in manifests]
        asked = [each for each in found if isinstance(each, LuaHealth)]
        answers = iter(await self.learn_health(asked))
        return [
            health.assess(manifest, policy, next(answers)) if isinstance(each, LuaHealth) else each
            for manifest, each in zip(manifests, found, strict=True)
        ]

    async def learn_health(self, questions: Sequence[LuaHealth]) -> list[Health]:
        """Ask users' scripts about objects, remember what they say, and return it."""

        async def ask(some: Sequence[LuaHealth]) -> Sequence[Told[Health]]:
            return await asking.healths(some, self._scripts)

        told = await self._ask(
            questions, ask, text=lambda each: each.script.text, without=lambda why: Told(health.from_failure(why), True)
        )
        for question, each in zip(questions, told, strict=True):
            key = _version(question)
            if all(key[:2]):
                self._healths.keep(key, each)
        return [each.answer for each in told]

    async def learn(self, questions: Sequence[JqDelete], *, seconds: float) -> None:
        """Ask jq what it leads to and remember it, for `informed` rules; `seconds` is what one object may take."""

        async def ask(some: Sequence[JqDelete]) -> Sequence[Told[JqAnswer]]:
            return await asking.removals(some, self._scripts, seconds=seconds)

        told = await self._ask(
            questions,
            ask,
            text=lambda each: "\0".join(each.paths),
            without=lambda why: Told(normalise.NoAnswer(why), True),
        )
        for question, each in zip(questions, told, strict=True):
            self._removals.keep(question.identity, each)

    def decided(self, decide: Callable[[], T]) -> T | Unknown | None:
        """Return what is decided by `informed` rules, Unknown if jq was asked in vain, None if it has to be asked."""
        self._removals.refresh()
        try:
            return decide()
        except normalise.Unanswered:
            return None
        except normalise.Unanswerable as error:
            return Unknown(str(error))

    async def decide(self, decide: Callable[[], T], *, seconds: float) -> T | Unknown:
        """Return what is decided by `informed` rules, asking jq whatever it takes; Unknown if that is in vain."""
        for _ in range(_ROUNDS):
            try:
                return decide()
            except normalise.Unanswered as error:
                await self.learn([error.question], seconds=seconds)
            except normalise.Unanswerable as error:
                return Unknown(str(error))
        return Unknown("jq was asked about the object again and again")

    async def problems(self, said: Customisations) -> tuple[Problem, ...]:
        """Return which scripts and jq paths of the settings cannot be compiled, for whoever reads the settings."""
        try:
            return await asking.problems(said, self._scripts)
        except ToolError as error:
            return (Problem(config_map.NAME, customisations.KEY, f"scripts could not be checked: {error}"),)

    async def _ask(
        self,
        questions: Sequence[Question],
        ask: Callable[[Sequence[Question]], Awaitable[Sequence[Told[T]]]],
        *,
        text: Callable[[Question], str],
        without: Callable[[str], Told[T]],
    ) -> list[Told[T]]:
        """Return the answers in the order of the questions: text by text, a few objects at a time."""
        self._slow.refresh()
        found: dict[int, Told[T]] = {}
        for program, places in _by_text(questions, text).items():
            for some in _portions(places):
                slow = self._slow.known.get(program)
                if slow is None:
                    told = await self._portion([questions[place] for place in some], ask, without)
                    if any(each.passing for each in told):
                        self._slow.keep(program, Told(_TOO_SLOW, passing=True))
                else:
                    told = [without(slow)] * len(some)
                found |= zip(some, told, strict=True)
        return [found[place] for place in range(len(questions))]

    async def _portion(
        self,
        questions: Sequence[Question],
        ask: Callable[[Sequence[Question]], Awaitable[Sequence[Told[T]]]],
        without: Callable[[str], Told[T]],
    ) -> Sequence[Told[T]]:
        try:
            return await ask(questions)
        except ToolError as error:
            return [without(str(error))] * len(questions)


def _version(question: LuaHealth) -> tuple[str, str, Script]:
    metadata = metadata_of(question.object)
    return str(metadata.get("uid") or ""), str(metadata.get("resourceVersion") or ""), question.script


def _by_text(questions: Sequence[Question], text: Callable[[Question], str]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, question in enumerate(questions):
        found.setdefault(text(question), []).append(place)
    return found


def _portions(places: Sequence[int]) -> Iterable[Sequence[int]]:
    """Yield one place, to see whether it takes too long, then the others some at a time."""
    yield places[:1]
    for start in range(1, len(places), _AT_ONCE):
        yield places[start : start + _AT_ONCE]
