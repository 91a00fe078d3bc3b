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

_NUMBERS = re.compile(r"\s*v?(?P<numbers>(?:0|[1-9]\d{0,9})(?:\.(?:0|[1-9]\d{0,9})){1,3})(?!\d)", re.ASCII)

_Part = tuple[int, int, str]


def newest_first(texts: Iterable[str]) -> list[str]:
    """Return versions in falling order, then what is no version, by name in falling order."""
    return sorted(texts, key=_rank, reverse=True)


def is_version(text: str) -> bool:
    """Say whether a text is a version."""
    return _VERSION.fullmatch(text) is not None


def plain(text: str) -> str:
    """Return the numbers of a version of Kubernetes without what a provider has put behind them, as Argo CD does.

    `v1.31.2-eks-7f9249a` is `1.31.2`: a chart's `>=1.30.0` would not take a pre-release. What is no version stays.
    """
    match = _NUMBERS.match(text)
    return match["numbers"] if match is not None else text


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
