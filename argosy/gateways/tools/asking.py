"""The engine's questions -> the tool worker's requests, and its answers -> what the engine decides from.

Called by the controller, which remembers the answers, and by the offline commands. A worker that cannot be had raises
a `ToolError`; an item that fails is an answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from argosy.engine import health
from argosy.engine.actions.defined import LuaAction
from argosy.engine.health import Health, LuaHealth
from argosy.engine.model.resource import Manifest
from argosy.engine.normalise import JqAnswer, JqDelete, NoAnswer, secrets
from argosy.engine.settings import Customisations, Problem, config_map, customisations
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


async def problems(said: Customisations, scripts: Scripts) -> tuple[Problem, ...]:
    """Return which scripts and jq paths of the settings cannot be compiled, and why; nothing is run."""
    lua, jq = list(_lua(said)), list(_jq(said))
    wrapped = [LuaScript(script=f"local _ = function(...) {text}\nend", object={}) for _, text in lua]
    unread = [JqQuery(document=None, query=f"def _: path({path}); empty") for _, path in jq]
    outcomes = (*await scripts.lua(wrapped), *await scripts.jq_query(unread))
    return tuple(
        Problem(config_map.NAME, customisations.KEY, f"{where} cannot be compiled: {outcome.message}")
        for (where, _), outcome in zip([*lua, *jq], outcomes, strict=True)
        if isinstance(outcome, Declined)
    )


def _lua(said: Customisations) -> Iterator[tuple[str, str]]:
    """Yield each script of the settings with the words that name it."""
    for script in said.health.scripts:
        yield f"the health script of {script.kinds}", script.text
    for each in said.actions:
        yield f"discovery.lua of the actions of {each.kinds}", each.discovery
        for action in each.definitions:
            yield f"action.lua of action {action.name} of {each.kinds}", action.text


def _jq(said: Customisations) -> Iterator[tuple[str, str]]:
    """Yield each jq path of the settings with the words that name it."""
    for rule in (*said.ignored, *said.ignored_updates):
        for path in rule.about.jq_path_expressions:
            yield f"jq path {_short(path)} of {rule.origin.removeprefix('argocd-cm ')}", path


def _short(path: str) -> str:
    """Return a path as it fits into a message."""
    return path if len(path) <= _LONGEST_PATH else f"{path[: _LONGEST_PATH - 3]}..."
