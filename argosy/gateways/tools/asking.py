"""The engine's questions -> the tool worker's requests, and its answers -> what the engine decides from.

Called by the controller, which remembers the answers, and by the offline commands. A worker that cannot be had raises
a `ToolError`; an item that fails is an answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from argosy.engine import health
from argosy.engine.actions.defined import LuaAction
from argosy.engine.health import Health, LuaHealth
from argosy.engine.model.resource import Manifest
from argosy.engine.normalise import JqAnswer, JqDelete, NoAnswer, secrets
from argosy.gateways.tools.scripts import (
    Answered,
    Declined,
    JqDeleted,
    JqPaths,
    JqQuery,
    LuaScript,
    Scripts,
)

Answer = TypeVar("Answer")

_LONGEST_PATH = 80
_UNSAID = "it failed; what it said is not shown, since it may hold a value of the Secret"


@dataclass(frozen=True, slots=True)
class Told(Generic[Answer]):
    """An answer; `passing` if it may be another the next time: a limit was reached."""

    answer: Answer
    passing: bool = False


async def healths(questions: Sequence[LuaHealth], scripts: Scripts) -> tuple[Told[Health], ...]:
    """Return what the users' scripts say, in the order of the questions."""
    asked = [
        LuaScript(script=each.script.text, object=each.object, open_libraries=each.script.open_libraries)
        for each in questions
    ]
    return tuple(_health(*each) for each in zip(questions, await scripts.lua(asked), strict=True))


def _health(question: LuaHealth, outcome: Answered[Any] | Declined) -> Told[Health]:
    match outcome:
        case Answered(value):
            return Told(health.from_script(value))
        case Declined(message, limit):
            said = _shown(message, question.object)
            return Told(health.from_failure(f"the health script failed: {said}"), passing=limit is not None)


async def removals(questions: Sequence[JqDelete], scripts: Scripts, *, seconds: float) -> tuple[Told[JqAnswer], ...]:
    """Return what jq says, in the order of the questions; `seconds` is what one object may take."""
    asked = [JqPaths(document=each.object, paths=each.paths) for each in questions]
    outcomes = await scripts.jq_delete(asked, seconds=seconds)
    return tuple(_removals(*each) for each in zip(questions, outcomes, strict=True))


def _removals(question: JqDelete, outcome: Answered[JqDeleted] | Declined) -> Told[JqAnswer]:
    match outcome:
        case Answered(JqDeleted(removed, unused)) if not unused:
            return Told(removed)
        case Answered(JqDeleted(_, unused)):
            each = (
                f"{_short(question.paths[at])}: {_shown(why, question.object)}" for at, why in sorted(unused.items())
            )
            return Told(NoAnswer(f"what to ignore is not known: jq path {'; '.join(each)}"))
        case Declined(message, limit):
            paths = ", ".join(map(_short, question.paths))
            said = _shown(message, question.object)
            return Told(NoAnswer(f"what to ignore is not known: jq path {paths}: {said}"), passing=limit is not None)


def _shown(message: str, about: Manifest) -> str:
    """Return what a tool said, which quotes values, as it may be shown."""
    return _UNSAID if secrets.is_secret(about) else message


async def actions(questions: Sequence[LuaAction], scripts: Scripts) -> tuple[Answered[Any] | Declined, ...]:
    """Return what the scripts of actions return, in the order of the questions."""
    asked = [
        LuaScript(script=each.text, object=each.object, parameters=each.parameters, open_libraries=each.open_libraries)
        for each in questions
    ]
    return await scripts.lua(asked)


async def complaints(lua: Iterable[str], jq: Iterable[str], scripts: Scripts) -> tuple[dict[str, str], dict[str, str]]:
    """Return what is wrong with scripts and jq paths that cannot be compiled, by their texts; nothing is run."""
    programs, paths = list(lua), list(jq)
    compiled = await scripts.lua(
        [LuaScript(script=f"local _ = function(...) {each}\nend", object={}) for each in programs]
    )
    queried = await scripts.jq_query([JqQuery(document=None, query=f"def _: path({each}); empty") for each in paths])
    return _wrong(programs, compiled), _wrong(paths, queried)


def _wrong(texts: Sequence[str], outcomes: Sequence[Answered[Any] | Declined]) -> dict[str, str]:
    both = zip(texts, outcomes, strict=True)
    return {text: outcome.message for text, outcome in both if isinstance(outcome, Declined)}


def _short(path: str) -> str:
    """Return a path as it fits into a message."""
    return path if len(path) <= _LONGEST_PATH else f"{path[: _LONGEST_PATH - 3]}..."
