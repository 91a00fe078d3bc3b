"""`resource.customizations` of argocd-cm: what users say of kinds. Called by `settings.read`.

Written key by key (`resource.customizations.health.apps_Deployment`), or in one YAML (`apps/Deployment: {health.lua}`),
in which group and kind may have wildcards; where both speak of a kind, the key of its own counts (3.12, 5.3).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from argosy.engine.actions.defined import Actions, Definition
from argosy.engine.health.policy import Policy, Script
from argosy.engine.model.application import IgnoreDifference
from argosy.engine.model.resource import GroupKind
from argosy.engine.normalise import KnownType, Rule
from argosy.engine.normalise.core_types import NAMES
from argosy.engine.settings import values
from argosy.engine.settings.snapshot import Customisations, Problem
from argosy.engine.settings.table import family_of

T = TypeVar("T")

PREFIX = "resource.customizations."
KEY = "resource.customizations"

_EVERYTHING = "*/*"
_RULE_FIELDS = ("jsonPointers", "jqPathExpressions", "managedFieldsManagers")
_ACTION_FIELDS = ("discovery.lua", "definitions", "mergeBuiltinActions")


def _script(value: Any) -> str:
    if not isinstance(value, str):
        raise values.Malformed("not a script")
    return value


def _flag(value: Any) -> bool:
    return value if isinstance(value, bool) else values.boolean(str(value))


def _given(value: Any) -> Mapping[str, Any]:
    """Return a structure, written as one or as a text of YAML."""
    found = values.mapping(value) if isinstance(value, str) else value or {}
    if not isinstance(found, Mapping):
        raise values.Malformed("not a mapping")
    return cast("Mapping[str, Any]", found)


def _fields(value: Any) -> IgnoreDifference:
    """Read which fields do not count; of which kind is said elsewhere."""
    given = _given(value)
    pointers, expressions, managers = (_texts(given, name) for name in _RULE_FIELDS)
    for pointer in pointers:
        if not pointer.startswith("/"):
            raise values.Malformed(f"{pointer!r} in jsonPointers is no JSON pointer: it begins with /")
    return IgnoreDifference(
        "", json_pointers=pointers, jq_path_expressions=expressions, managed_fields_managers=managers
    )


def _texts(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = given.get(name) or []
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise values.Malformed(f"{name} is not a list of texts")
    return tuple(found)


def _known_types(value: Any) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Read which fields are of which types, as pairs."""
    entries = values.objects(value) if isinstance(value, str) else value or []
    if not isinstance(entries, Iterable) or not all(isinstance(each, Mapping) for each in entries):
        raise values.Malformed("not a list of mappings")
    found: list[tuple[tuple[str, ...], str]] = []
    for each in cast("Iterable[Mapping[str, Any]]", entries):
        field, kind = each.get("field"), each.get("type")
        if not isinstance(field, str) or not field:
            raise values.Malformed("an entry without a field")
        if kind not in NAMES:
            raise values.Malformed(f"the type of {field} is not known: write as core/v1/PodSpec or core/Quantity")
        found.append((tuple(field.split(".")), str(kind)))
    return tuple(found)


def _actions(value: Any) -> Actions:
    """Read the scripts of actions; of which kind is said elsewhere."""
    given = _given(value)
    entries = given.get("definitions") or []
    if not isinstance(entries, list) or not all(isinstance(each, Mapping) for each in entries):
        raise values.Malformed("definitions is not a list of mappings")
    definitions: list[Definition] = []
    for each in cast("list[Mapping[str, Any]]", entries):
        name, text = each.get("name"), each.get("action.lua")
        if not isinstance(name, str) or not name or not isinstance(text, str):
            raise values.Malformed("a definition without name or action.lua")
        definitions.append(Definition(name, text))
    merged = _flag(given.get("mergeBuiltinActions", False))
    return Actions("", _script(given.get("discovery.lua") or ""), tuple(definitions), merged)


_READERS: Mapping[str, Callable[[Any], object]] = {
    "health": _script,
    "useOpenLibs": _flag,
    "actions": _actions,
    "ignoreDifferences": _fields,
    "ignoreResourceUpdates": _fields,
    "knownTypeFields": _known_types,
}
_IN_ONE = {
    "health.lua": "health",
    "health.lua.useOpenLibs": "useOpenLibs",
    **{name: name for name in ("actions", "ignoreDifferences", "ignoreResourceUpdates", "knownTypeFields")},
}
"""What the fields of the one YAML are called as keys of their own."""

FAMILIES: Mapping[str, Callable[[str], object]] = {f"{PREFIX}{name}.": read for name, read in _READERS.items()}
"""The families of keys, each with what reads a text of it."""


@dataclass(frozen=True, slots=True)
class _Said:
    """One thing that the settings say of kinds: where it is written, and what it says."""

    key: str
    kinds: str
    value: Any


def in_one(value: str) -> Mapping[str, Mapping[str, Any]]:
    """Read the one YAML. Raises `Malformed` naming the kind and field that cannot be read."""
    found = values.mapping(value)
    for kinds, entry in found.items():
        if not isinstance(entry, Mapping):
            raise values.Malformed(f"{kinds} is not a mapping")
        for name, given in cast("Mapping[str, Any]", entry).items():
            if name in _IN_ONE:
                try:
                    _READERS[_IN_ONE[name]](given)
                except values.Malformed as error:
                    raise values.Malformed(f"{kinds}, {name}: {error}") from error
    return found


def read(
    texts: Mapping[str, str], *, generic: bool, shipped: bool, jq_seconds: float, where: str
) -> tuple[Customisations, tuple[Problem, ...]]:
    """Return what the accepted texts of `where` say of kinds, and what a user should know of them."""
    said: dict[str, dict[str, _Said]] = {name: {} for name in _READERS}
    problems = list(_of_one(texts, said, where))
    problems += _of_keys(texts, said, where)
    open_libraries = frozenset(each.kinds for each in said["useOpenLibs"].values() if each.value)
    customisations = Customisations(
        health=Policy(
            tuple(
                Script(each.kinds, each.value, each.kinds in open_libraries)
                for each in said["health"].values()
                if each.value.strip()
            ),
            generic,
        ),
        ignored=tuple(_rule(each) for each in said["ignoreDifferences"].values()),
        ignored_updates=tuple(_rule(each) for each in said["ignoreResourceUpdates"].values()),
        known_types=tuple(
            KnownType(_kind(each), field, kind)
            for each in said["knownTypeFields"].values()
            for field, kind in each.value
        ),
        actions=tuple(
            Actions(each.kinds, found.discovery, found.definitions, found.merged, each.kinds in open_libraries)
            for each, found in _with_values(said["actions"].values(), Actions)
        ),
        shipped=shipped,
        jq_seconds=jq_seconds,
    )
    return customisations, tuple(problems)


def _of_one(texts: Mapping[str, str], said: dict[str, dict[str, _Said]], where: str) -> Iterator[Problem]:
    for kinds, entry in (in_one(texts[KEY]) if KEY in texts else {}).items():
        for name, given in entry.items():
            if name not in _IN_ONE:
                yield Problem(where, KEY, f"{kinds}, {name}: unknown; it has no effect")
                continue
            key = _IN_ONE[name]
            said[key][kinds] = _Said(f"{KEY}, {kinds}", kinds, _READERS[key](given))
            yield from _unknown_fields(key, given, where, KEY)


def _of_keys(texts: Mapping[str, str], said: dict[str, dict[str, _Said]], where: str) -> Iterator[Problem]:
    for name, reader in _READERS.items():
        for suffix, text in family_of(texts, f"{PREFIX}{name}.").items():
            key = f"{PREFIX}{name}.{suffix}"
            kinds = _kinds(suffix)
            if kinds is None:
                yield Problem(where, key, "names no kind: write as apps_Deployment, or as Pod for the core group")
                continue
            said[name][kinds] = _Said(key, kinds, reader(text))
            yield from _unknown_fields(name, text, where, key)


def _unknown_fields(name: str, given: Any, where: str, key: str) -> Iterator[Problem]:
    """Yield what is written in a structure and read by nobody: most often it is misspelt."""
    known = _ACTION_FIELDS if name == "actions" else _RULE_FIELDS if name.startswith("ignore") else None
    if known is not None:
        for field in _given(given):
            if field not in known:
                yield Problem(where, key, f"unknown field {field}; it has no effect. Known are {', '.join(known)}")


def _kinds(suffix: str) -> str | None:
    """Return the kinds that the end of a key names, as `group/Kind`; None if it names none."""
    group, underscore, kind = suffix.partition("_")
    if suffix == "all":
        return _EVERYTHING
    if not suffix or "_" in kind or (underscore and not (group and kind)):
        return None
    return f"{group}/{kind}" if underscore else suffix


def _kind(said: _Said) -> GroupKind:
    group, _, kind = said.kinds.rpartition("/")
    return GroupKind(group, kind)


def _rule(said: _Said) -> Rule:
    kind = _kind(said)
    fields: IgnoreDifference = said.value
    about = IgnoreDifference(
        kind.kind,
        kind.group,
        json_pointers=fields.json_pointers,
        jq_path_expressions=fields.jq_path_expressions,
        managed_fields_managers=fields.managed_fields_managers,
    )
    return Rule(f"argocd-cm {said.key}", about)


def _with_values(said: Iterable[_Said], kind: type[T]) -> Iterator[tuple[_Said, T]]:
    return ((each, each.value) for each in said if isinstance(each.value, kind))
