"""The form in which most kinds are judged: rules in order, of which the first whose test holds gives the health.

A rule is a status, a test and a message: `degraded(false("Ready"), "{conditions[Ready].message}")`. Tests are values;
so a family of kinds reads as a table and can be printed as one. Used by the families, and its tests by `actions`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from argosy.engine.health.verdict import Health
from argosy.engine.model.application import HealthCode
from argosy.engine.model.resource import Manifest

_STEP = re.compile(r"([^.\[\]]+)|\[([^\]]*)\]")
_SLOT = re.compile(r"\{([^{}]+)\}")
_PATHS = 4096
_OBJECT = (dict, Mapping)
"""What an object of JSON is: nearly always a dict, and asking for that first is several times faster."""


def at(value: Any, path: str) -> Any:
    """Return what a path leads to in a JSON value, None if nothing is there.

    A path is as `status.conditions[Ready].message`: in brackets the `type`, `name` or index of a list's element, or a
    key that has dots. `conditions` at its start is short for `status.conditions`.
    """
    for key, bracket in _steps(path):
        value = _element(value, bracket) if bracket and isinstance(value, list) else _member(value, key or bracket)
        if value is None:
            return None
    return value


@lru_cache(maxsize=_PATHS)
def _steps(path: str) -> tuple[tuple[str, str], ...]:
    """Return the keys and brackets of a path; remembered, because the same few hundred paths are asked for always."""
    return tuple(_STEP.findall(f"status.{path}" if path.startswith("conditions[") else path))


def _member(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, _OBJECT) else None


def _element(elements: list[Any], wanted: str) -> Any:
    if wanted.isdecimal():
        return elements[int(wanted)] if int(wanted) < len(elements) else None
    for each in elements:
        if isinstance(each, _OBJECT) and (each.get("type") == wanted or each.get("name") == wanted):
            return each
    return None


class Test(Protocol):
    """What a rule asks of an object."""

    def holds(self, manifest: Manifest) -> bool:
        """Return whether it is so."""
        ...


@dataclass(frozen=True, slots=True)
class Is:
    """The field has one of these values."""

    path: str
    values: tuple[Any, ...]

    def holds(self, manifest: Manifest) -> bool:
        """See `Test`."""
        found = at(manifest, self.path)
        if found not in self.values:
            return False
        return any(found == value and isinstance(found, bool) == isinstance(value, bool) for value in self.values)


@dataclass(frozen=True, slots=True)
class Has:
    """The field is there and not empty; a zero and a false are values."""

    path: str

    def holds(self, manifest: Manifest) -> bool:
        """See `Test`."""
        return at(manifest, self.path) not in (None, "", {}, [])


@dataclass(frozen=True, slots=True)
class Condition:
    """The status has a condition of this type with this status, and one of the reasons if any are named."""

    type: str
    status: str
    reasons: tuple[str, ...] = ()

    def holds(self, manifest: Manifest) -> bool:
        """See `Test`."""
        found = condition(manifest, self.type)
        if found.get("status") != self.status:
            return False
        return not self.reasons or found.get("reason") in self.reasons


@dataclass(frozen=True, slots=True)
class Behind:
    """The controller says which generation it has seen, and it is not the newest; `path` is where it says so."""

    path: str = "status.observedGeneration"

    def holds(self, manifest: Manifest) -> bool:
        """See `Test`."""
        seen, newest = at(manifest, self.path), at(manifest, "metadata.generation")
        return isinstance(seen, int) and isinstance(newest, int) and seen < newest


@dataclass(frozen=True, slots=True)
class Fewer:
    """One count is below another; a count that is not there is `absent`."""

    path: str
    than: str
    absent: int = 0

    def holds(self, manifest: Manifest) -> bool:
        """See `Test`."""
        few, many = at(manifest, self.path), at(manifest, self.than)
        return int(self.absent if few is None else few) < int(self.absent if many is None else many)


@dataclass(frozen=True, slots=True)
class Every:
    """All of the tests hold; with none it always holds."""

    tests: tuple[Test, ...] = ()

    def holds(self, manifest: Manifest) -> bool:
        """See `Test`."""
        return all(test.holds(manifest) for test in self.tests)


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of the tests holds."""

    tests: tuple[Test, ...]

    def holds(self, manifest: Manifest) -> bool:
        """See `Test`."""
        return any(test.holds(manifest) for test in self.tests)


@dataclass(frozen=True, slots=True)
class Not:
    """The test does not hold."""

    test: Test

    def holds(self, manifest: Manifest) -> bool:
        """See `Test`."""
        return not self.test.holds(manifest)


@dataclass(frozen=True, slots=True)
class Some:
    """An element of a list, or a value of an object, passes the test, whose paths start at the element."""

    path: str
    test: Test

    def holds(self, manifest: Manifest) -> bool:
        """See `Test`."""
        return any(self.test.holds(each) for each in elements(manifest, self.path))


Message = str | Callable[[Manifest], str]
"""A text with paths in braces, `{status.message}`, or with words for when there is nothing: `{status.message|Waiting}`;
or a function, where a sentence has to be put together."""


@dataclass(frozen=True, slots=True)
class Rule:
    """If the test holds, this is the health."""

    status: HealthCode
    test: Test
    message: Message = ""


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The health of a kind: that of the first rule that holds; the last one must hold always."""

    rules: tuple[Rule, ...]

    def __call__(self, manifest: Manifest) -> Health:
        """Return the health. Raises ValueError or TypeError if a count is none, which `assess` makes Unknown."""
        rule = next(rule for rule in self.rules if rule.test.holds(manifest))
        message = rule.message
        return Health(rule.status, filled(message, manifest) if isinstance(message, str) else message(manifest))


def filled(text: str, manifest: Manifest) -> str:
    """Return the text with what its paths lead to in place of them."""
    return _SLOT.sub(lambda slot: _words(slot[1], manifest), text)


def _words(slot: str, manifest: Manifest) -> str:
    path, _, otherwise = slot.partition("|")
    found = at(manifest, path)
    return otherwise if found is None or found == "" else str(found)


def first_text(*texts: str) -> Callable[[Manifest], str]:
    """Return the message that is the first of these texts of which something is left once it is filled."""
    return lambda manifest: next((text for text in (filled(each, manifest) for each in texts) if text), "")


def first_of(*rules: Rule) -> FirstOf:
    """Return the check that goes through these rules."""
    return FirstOf(rules)


def healthy(test: Test, message: Message = "") -> Rule:
    """Return the rule that what passes the test is Healthy."""
    return Rule("Healthy", test, message)


def progressing(test: Test, message: Message = "") -> Rule:
    """Return the rule that what passes the test is Progressing."""
    return Rule("Progressing", test, message)


def degraded(test: Test, message: Message = "") -> Rule:
    """Return the rule that what passes the test is Degraded."""
    return Rule("Degraded", test, message)


def suspended(test: Test, message: Message = "") -> Rule:
    """Return the rule that what passes the test is Suspended."""
    return Rule("Suspended", test, message)


def otherwise(status: HealthCode, message: Message = "") -> Rule:
    """Return the rule for all that is left; the last one of every check."""
    return Rule(status, Every(), message)


def is_(path: str, *values: Any) -> Is:
    """Return the test that a field has one of these values."""
    return Is(path, values)


def true(kind: str, *reasons: str) -> Condition:
    """Return the test that a condition is True, for one of these reasons if any are named."""
    return Condition(kind, "True", reasons)


def false(kind: str, *reasons: str) -> Condition:
    """Return the test that a condition is False, for one of these reasons if any are named."""
    return Condition(kind, "False", reasons)


def unknown(kind: str, *reasons: str) -> Condition:
    """Return the test that a condition is Unknown, for one of these reasons if any are named."""
    return Condition(kind, "Unknown", reasons)


def every(*tests: Test) -> Every:
    """Return the test that all of these hold."""
    return Every(tests)


def either(*tests: Test) -> Either:
    """Return the test that one of these holds."""
    return Either(tests)


def has(path: str) -> Has:
    """Return the test that a field is there and not empty."""
    return Has(path)


def lacks(path: str) -> Not:
    """Return the test that a field is not there, or empty."""
    return Not(Has(path))


def not_(test: Test) -> Not:
    """Return the test that this one does not hold."""
    return Not(test)


def condition(manifest: Manifest, kind: str) -> Mapping[str, Any]:
    """Return the condition of this type, empty if the status has none."""
    found = at(manifest, "status.conditions")
    for each in found if isinstance(found, list) else ():
        if isinstance(each, _OBJECT) and each.get("type") == kind:
            return each
    return _NONE


_NONE: Mapping[str, Any] = {}


def elements(manifest: Manifest, path: str) -> Sequence[Mapping[str, Any]]:
    """Return the objects in a list or an object, none if there is neither; for messages that name them."""
    found = at(manifest, path)
    found = list(found.values()) if isinstance(found, _OBJECT) else found
    return [each for each in found if isinstance(each, _OBJECT)] if isinstance(found, list) else []
