r"""Globs as in Argo CD (gobwas/glob): `*`, `**`, `?`, `[abc]`, `[!abc]`, `[a-z]`, `{a,b}`, and `\` to quote.

With a separator, `*` and `?` stop at it and `**` does not. Called by whoever reads a rule: projects, exclusions.

Rules are written by people whom others need not trust, and matched with every object. So a pattern becomes places with
moves between them, and a text is read once, from one set of places to the next: no pattern takes longer than its length
times that of the text. Where a character leads from a set is remembered, so that it mostly is one look-up.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

_MOST_PATTERNS = 4096
_MOST_STEPS = 256
"""Remembered by one pattern; beyond, it forgets them all."""

_TOKEN = re.compile(
    r"""
    \[ (?P<not>!?+) (?: (?P<low>.)-(?P<high>.) | (?P<class>(?!.-)(?:[^\]\\]|\\.)+) ) \]
    | \\(?P<quoted>.)
    | \*\* | \\\Z | .
    """,
    re.DOTALL | re.VERBOSE,
)

_Test = Callable[[str], bool]
"""Says whether a character may be read."""


def matches(pattern: str, text: str, *, separator: str = "") -> bool:
    """Return whether the whole text matches the glob; a malformed one matches only itself."""
    if pattern == text:
        return True
    machine = _machine(pattern, separator)
    return machine is not None and machine.reads(text)


@dataclass(slots=True, eq=False)
class _Place:
    """A place in a pattern: where characters lead from it, and the places that are as good as it."""

    moves: "list[tuple[_Test, _Place]]" = field(default_factory=list["tuple[_Test, _Place]"])
    alike: "list[_Place]" = field(default_factory=list["_Place"])


@dataclass(slots=True, eq=False)
class _State:
    """All places where the reading of a text may be; `ends` says whether the text may end there."""

    places: frozenset[_Place]
    ends: bool
    steps: "dict[str, _State]" = field(default_factory=dict[str, "_State"])


class _Machine:
    """A pattern that reads texts."""

    def __init__(self, start: _Place, end: _Place) -> None:
        self._end = end
        self._first = _with_alike([start])
        self._forget()

    def reads(self, text: str) -> bool:
        """Return whether the text leads from the start of the pattern to its end."""
        state = self._start
        for character in text:
            state = state.steps.get(character) or self._step(state, character)
            if not state.places:
                return False
        return state.ends

    def _step(self, state: _State, character: str) -> _State:
        reached = _with_alike(target for place in state.places for test, target in place.moves if test(character))
        self._left -= 1
        if not self._left:
            self._forget()
        following = self._states.setdefault(reached, _State(reached, ends=self._end in reached))
        state.steps[character] = following
        return following

    def _forget(self) -> None:
        self._left = _MOST_STEPS
        self._start = _State(self._first, ends=self._end in self._first)
        self._states = {self._first: self._start}


def _with_alike(places: Iterable[_Place]) -> frozenset[_Place]:
    found: set[_Place] = set()
    waiting = list(places)
    while waiting:
        place = waiting.pop()
        if place not in found:
            found.add(place)
            waiting += place.alike
    return frozenset(found)


@lru_cache(maxsize=_MOST_PATTERNS)
def _machine(pattern: str, separator: str) -> _Machine | None:
    """Return what reads the texts that match; None for a pattern that is malformed."""
    try:
        return _Builder(separator).build(pattern)
    except _MalformedError:
        return None


class _MalformedError(Exception):
    """A class of characters is not closed, is empty, or is a range that ends before it begins."""


class _Builder:
    """Lays out the places of a pattern, one after another; of a group in braces, side by side."""

    def __init__(self, separator: str) -> None:
        self._here = _Place()
        self._groups: list[tuple[_Place, _Place]] = []
        self._no_separator: _Test = lambda character: character not in separator

    def build(self, pattern: str) -> _Machine:
        """Return the machine. Raises `_MalformedError`."""
        start = self._here
        for token in _TOKEN.finditer(pattern):
            self._add(token)
        while self._groups:  # a brace that is not closed is closed by the end
            self._leave()
        return _Machine(start, self._here)

    def _add(self, token: re.Match[str]) -> None:
        match token[0]:
            case "*":
                self._many(self._no_separator)
            case "**":
                self._many(_anything)
            case "?":
                self._one(self._no_separator)
            case "{":
                self._groups.append((self._here, _Place()))
                self._branch()
            case "," if self._groups:
                self._here.alike.append(self._groups[-1][1])
                self._branch()
            case "}" if self._groups:
                self._leave()
            case "\\":
                pass
            case _:
                self._one(_test(token))

    def _one(self, test: _Test) -> None:
        following = _Place()
        self._here.moves.append((test, following))
        self._here = following

    def _many(self, test: _Test) -> None:
        self._here.moves.append((test, self._here))

    def _branch(self) -> None:
        begin = _Place()
        self._groups[-1][0].alike.append(begin)
        self._here = begin

    def _leave(self) -> None:
        _, end = self._groups.pop()
        self._here.alike.append(end)
        self._here = end


def _anything(character: str) -> bool:
    del character
    return True


def _test(token: re.Match[str]) -> _Test:
    """Return the test for one character. Raises `_MalformedError`."""
    negated = bool(token["not"])
    if token["low"] is not None:
        low, high = token["low"], token["high"]
        if low > high:
            raise _MalformedError
        return lambda character: (low <= character <= high) is not negated
    if token["class"] is not None:
        listed = frozenset(re.sub(r"\\(.)", r"\1", token["class"], flags=re.DOTALL))
        return lambda character: (character in listed) is not negated
    if token[0] == "[":
        raise _MalformedError
    wanted = token["quoted"] or token[0]
    return lambda character: character == wanted
