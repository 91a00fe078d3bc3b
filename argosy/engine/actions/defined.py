"""Actions that users define in Lua (`resource.customizations.actions.<kind>`, 5.24 to 5.26).

Which actions there are, and what one of them does, are questions to the tool worker: `discovery` and `execution`. Its
answers become values here: `offered` and `results`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from argosy.engine.globs import matches
from argosy.engine.model.resource import GroupKind, Manifest, key_of


class BadAnswer(ValueError):
    """A script returned something that is no answer; the text says what was expected, for the script's author."""


@dataclass(frozen=True, slots=True)
class Definition:
    """An action's name, and the script that does it."""

    name: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Actions:
    """The actions of some kinds: a script that lists them, and one for each; `kinds` as in `health.policy.Script`.

    They hide the built-in actions unless `merged`.
    """

    kinds: str
    discovery: str = field(default="", repr=False)
    definitions: tuple[Definition, ...] = ()
    merged: bool = False
    open_libraries: bool = False


@dataclass(frozen=True, slots=True)
class LuaAction:
    """What does this script return for this object, with these parameters?"""

    text: str = field(repr=False)
    object: Manifest = field(repr=False)
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    open_libraries: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that an action asks for."""

    name: str
    default: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """An action that an object can have, and whether it makes no sense just now."""

    name: str
    disabled: bool = False
    icon_class: str = ""
    display_name: str = ""
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What an action wants done: the object itself changed, or another one created."""

    operation: Literal["patch", "create"]
    object: Manifest = field(repr=False)


def actions_for(kind: GroupKind, known: Iterable[Actions]) -> Actions | None:
    """Return what users define for a kind: of an exact name, else of the longest glob."""
    fitting = [each for each in known if matches(each.kinds, str(kind))]
    return min(fitting, key=lambda each: (each.kinds != str(kind), -len(each.kinds), each.kinds), default=None)


def discovery(manifest: Manifest, actions: Actions) -> LuaAction | None:
    """Return the question which actions the object can have now, None if no script says."""
    return LuaAction(actions.discovery, manifest, {}, actions.open_libraries) if actions.discovery.strip() else None


def execution(manifest: Manifest, actions: Actions, name: str, parameters: Mapping[str, str]) -> LuaAction | None:
    """Return the question what an action does to the object, None if there is no action of that name."""
    texts = {each.name: each.text for each in actions.definitions}
    return LuaAction(texts[name], manifest, parameters, actions.open_libraries) if name in texts else None


def offered(answer: Any) -> tuple[Offered, ...]:
    """Return the actions that a discovery script lists, sorted by name. Raises `BadAnswer`."""
    if answer is None or answer == []:
        return ()
    if not isinstance(answer, Mapping):
        raise BadAnswer("the discovery script returned no table of actions by their names")
    return tuple(sorted((_offered(str(name), each) for name, each in answer.items()), key=lambda each: each.name))


def _offered(name: str, answer: Any) -> Offered:
    if answer == []:
        return Offered(name)
    if not isinstance(answer, Mapping):
        raise BadAnswer(f"the discovery script returned no table for {name}")
    disabled = answer.get("disabled", False)
    if not isinstance(disabled, bool):
        raise BadAnswer(f"disabled of {name} is neither true nor false")
    return Offered(
        name=name,
        disabled=disabled,
        icon_class=_text(name, answer, "iconClass"),
        display_name=_text(name, answer, "displayName"),
        parameters=tuple(_parameters(name, answer.get("params") or [])),
    )


def _parameters(action: str, answer: Any) -> Iterator[Parameter]:
    if not isinstance(answer, list):
        raise BadAnswer(f"params of {action} is no list")
    for each in answer:
        if not isinstance(each, Mapping) or not isinstance(each.get("name"), str):
            raise BadAnswer(f"params of {action} has an entry without a name")
        default = each.get("default", "")
        yield Parameter(each["name"], default if isinstance(default, str) else json.dumps(default))


def _text(action: str, answer: Mapping[str, Any], key: str) -> str:
    found = answer.get(key, "")
    if not isinstance(found, str):
        raise BadAnswer(f"{key} of {action} is no text")
    return found


def results(answer: Any, source: Manifest) -> tuple[Result, ...]:
    """Return what an action's script wants done. Raises `BadAnswer`; only the source object may be patched (5.25).

    A table is the object as it is to be; a list holds `{operation, resource}`. Maps that were empty in the source, and
    that a script cannot tell from empty lists, are maps again.
    """
    listed = answer if isinstance(answer, list) and answer else [{"operation": "patch", "resource": answer}]
    return tuple(_result(each, source) for each in listed)


def _result(answer: Any, source: Manifest) -> Result:
    if not isinstance(answer, Mapping) or not isinstance(answer.get("resource"), Mapping):
        raise BadAnswer("the action's script returned neither an object nor a list of operations with their resources")
    operation, wanted = answer.get("operation"), answer["resource"]
    match operation:
        case "patch":
            if key_of(wanted) != key_of(source):
                raise BadAnswer(f"the action's script patches {key_of(wanted)}, and may patch {key_of(source)} only")
            return Result("patch", _mended(wanted, source))
        case "create":
            _check_whole(wanted)
            return Result("create", _made(wanted, _maps_of(source)))
        case _:
            raise BadAnswer(f"the action's script wants to {operation!r}, and may only patch or create")


def _check_whole(made: Mapping[str, Any]) -> None:
    metadata = made.get("metadata")
    named = isinstance(metadata, Mapping) and (metadata.get("name") or metadata.get("generateName"))
    if not (named and made.get("apiVersion") and made.get("kind")):
        raise BadAnswer("the action's script creates an object without apiVersion, kind or metadata.name")


def _maps_of(value: Any) -> frozenset[str]:
    """Return the names of the fields that hold a map wherever they are in an object, and a list nowhere."""
    maps: set[str] = set()
    lists: set[str] = set()
    left: list[Any] = [value]
    while left:
        each = left.pop()
        if isinstance(each, Mapping):
            maps.update(key for key, item in each.items() if isinstance(item, Mapping))
            lists.update(key for key, item in each.items() if isinstance(item, list))
        left += each.values() if isinstance(each, Mapping) else each if isinstance(each, list) else ()
    return frozenset(maps - lists)


def _made(value: Any, maps: frozenset[str], name: str = "") -> Any:
    """Return a new object from Lua: empty lists as maps in fields that hold one in the source, whole numbers as such.

    Most new objects are made of parts of the source, a Job of a CronJob, where `resources: {}` is a usual thing.
    """
    if isinstance(value, Mapping):
        return {key: _made(item, maps, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_made(item, maps) for item in value] if value or name not in maps else {}
    return _mended(value, None)


def _mended(value: Any, before: Any) -> Any:
    """Return a value from Lua with its empty lists as maps where a map was before, and whole numbers as such."""
    if isinstance(value, Mapping):
        known = before if isinstance(before, Mapping) else {}
        return {key: _mended(item, known.get(key)) for key, item in value.items()}
    if isinstance(value, list):
        if not value and isinstance(before, Mapping):
            return {}
        known_items = before if isinstance(before, list) else []
        return [
            _mended(item, known_items[index] if index < len(known_items) else None) for index, item in enumerate(value)
        ]
    return int(value) if isinstance(value, float) and value.is_integer() else value
