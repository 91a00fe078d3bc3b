"""Which actions a kind has, built in or written by users, and how to have one offered or run (5.26).

What users write for a kind hides what is built in, unless they say that both are to be there; of one name theirs
counts. `discovery` and `running` may give a question for the tool worker, whose answer goes to `offered` or
`defined.results`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from argosy.engine.actions import built_in, defined
from argosy.engine.actions.defined import Actions, LuaAction, Offered, Result
from argosy.engine.actions.form import Asked
from argosy.engine.model.resource import Manifest, key_of


@dataclass(frozen=True, slots=True)
class Unknown:
    """There is no action of this name for the kind; `names` are those that there are."""

    name: str
    names: tuple[str, ...]


def discovery(manifest: Manifest, known: Iterable[Actions]) -> LuaAction | None:
    """Return the question which actions users offer for the object, None if they say nothing of its kind."""
    actions = _theirs(manifest, known)
    return None if actions is None else defined.discovery(manifest, actions)


def offered(manifest: Manifest, known: Iterable[Actions], answer: Any = None) -> tuple[Offered, ...]:
    """Return the actions offered for an object, sorted by name; `answer` is that to `discovery`. Raises `BadAnswer`."""
    actions = _theirs(manifest, known)
    ours = built_in.offered(manifest) if actions is None or actions.merged else ()
    found = {each.name: each for each in (*ours, *defined.offered(answer))}
    return tuple(found[name] for name in sorted(found))


def running(name: str, asked: Asked, known: Iterable[Actions]) -> LuaAction | tuple[Result, ...] | Unknown:
    """Return what the action wants done, or the question that tells. Raises `CannotRun`."""
    actions = _theirs(asked.manifest, known)
    question = None if actions is None else defined.execution(asked.manifest, actions, name, asked.parameters)
    if question is not None:
        return question
    results = built_in.run(name, asked) if actions is None or actions.merged else None
    return Unknown(name, _names(asked.manifest, actions)) if results is None else results


def _theirs(manifest: Manifest, known: Iterable[Actions]) -> Actions | None:
    return defined.actions_for(key_of(manifest).group_kind, known)


def _names(manifest: Manifest, actions: Actions | None) -> tuple[str, ...]:
    theirs = () if actions is None else (each.name for each in actions.definitions)
    ours = built_in.names(manifest) if actions is None or actions.merged else ()
    return tuple(sorted({*theirs, *ours}))
