"""Label selectors, as `kubectl -l` reads them: parse once, then match, or hand to `index` to ask with."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api_server.errors import InvalidArgument

_LONGEST = 16 * 1024
_KEY = r"[A-Za-z0-9]([\w./-]*[A-Za-z0-9])?"
_VALUE = r"([A-Za-z0-9]([\w.-]*[A-Za-z0-9])?)?"
_EQUALITY = re.compile(rf"({_KEY})\s*(==|=|!=)\s*({_VALUE})", re.ASCII)
_SET = re.compile(rf"({_KEY})\s+(in|notin)\s*\(([^()]*)\)", re.ASCII)
_EXISTENCE = re.compile(rf"(!?)\s*({_KEY})", re.ASCII)
# A comma between requirements, not one between the values of a set.
_COMMA = re.compile(r",(?![^()]*\))")


@dataclass(frozen=True, slots=True)
class In:
    """The label is there and has one of the values."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotIn:
    """The label is not there, or has none of the values."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """The label is there."""

    key: str


@dataclass(frozen=True, slots=True)
class Absent:
    """The label is not there."""

    key: str


Requirement = In | NotIn | Exists | Absent


def parse(text: str) -> tuple[Requirement, ...]:
    """Return what a selector requires, all of it; nothing for an empty one. Raises `InvalidArgument`."""
    if len(text) > _LONGEST:
        raise InvalidArgument(f"selector: longer than {_LONGEST} characters")
    return tuple(_requirement(part.strip()) for part in _COMMA.split(text)) if text.strip() else ()


def matches(requirements: Iterable[Requirement], labels: Mapping[str, str]) -> bool:
    """Return whether labels fulfil all requirements."""
    return all(_fulfils(each, labels) for each in requirements)


def _requirement(text: str) -> Requirement:
    if found := _EQUALITY.fullmatch(text):
        key, operator, value = found[1], found[3], found[4]
        return NotIn(key, (value,)) if operator == "!=" else In(key, (value,))
    if found := _SET.fullmatch(text):
        values = tuple(value.strip() for value in found[4].split(","))
        return In(found[1], values) if found[3] == "in" else NotIn(found[1], values)
    if found := _EXISTENCE.fullmatch(text):
        return Absent(found[2]) if found[1] else Exists(found[2])
    raise InvalidArgument(
        f"selector: cannot read {text[:100]!r}; write key=value, key!=value, key in (a,b), key notin (a,b), key or !key"
    )


def _fulfils(requirement: Requirement, labels: Mapping[str, str]) -> bool:
    match requirement:
        case In(key, values):
            return labels.get(key) in values
        case NotIn(key, values):
            return labels.get(key) not in values
        case Exists(key):
            return key in labels
        case Absent(key):
            return key not in labels
