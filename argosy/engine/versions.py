"""The order of chart versions and tags: Semantic Versioning 2.0, read as leniently as Masterminds' library does.

Comes in: texts. Goes out: the same, newest first. Which of them a constraint means is for the tool worker to say.
"""

import re
from collections.abc import Iterable

_VERSION = re.compile(
    r"v?(?P<major>\d{1,20})(?:\.(?P<minor>\d{1,20}))?(?:\.(?P<patch>\d{1,20}))?"
    r"(?:-(?P<pre>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?",
    re.ASCII,
)

_Part = tuple[int, int, str]


def newest_first(texts: Iterable[str]) -> list[str]:
    """Return versions in falling order, then what is no version, by name in falling order."""
    return sorted(texts, key=_rank, reverse=True)


def is_version(text: str) -> bool:
    """Say whether a text is a version."""
    return _VERSION.fullmatch(text) is not None


def _rank(text: str) -> tuple[bool, tuple[int, ...], bool, tuple[_Part, ...], str]:
    match = _VERSION.fullmatch(text)
    if match is None:
        return False, (), False, (), text
    numbers = tuple(int(match[name] or 0) for name in ("major", "minor", "patch"))
    before = match["pre"]
    return True, numbers, before is None, tuple(map(_part, (before or "").split("."))), text


def _part(identifier: str) -> _Part:
    """Rank a part of a pre-release: numbers by value and below all words."""
    return (0, int(identifier), "") if identifier.isdecimal() else (1, 0, identifier)
