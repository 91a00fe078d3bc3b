"""Quantities and durations as Kubernetes writes them once it has read them: `0.1` is `100m`, `90s` is `1m30s`.

Sources: `resource.Quantity` (canonical form) and Go's `time.Duration.String`. Called by `normalise.known_types` and
`tree.requests`.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import TypeVar

_Answer = TypeVar("_Answer")

_QUANTITY = re.compile(r"([+-]?(?:\d{1,32}\.?\d{0,32}|\.\d{1,32}))([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,2})?")
_DECIMAL = {"": 0, "n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_SMALLEST, _LARGEST = -9, 18
_LONGEST = 1000

_DURATION = re.compile(r"(\d{1,32}(?:\.\d{0,32})?|\.\d{1,32})(ns|us|µs|μs|ms|s|m|h)")
_MICRO, _MILLI, _SECOND, _MINUTE, _HOUR = 10**3, 10**6, 10**9, 60 * 10**9, 3600 * 10**9
_UNITS = {"ns": 1, "us": _MICRO, "µs": _MICRO, "μs": _MICRO, "ms": _MILLI, "s": _SECOND, "m": _MINUTE, "h": _HOUR}


def _remembered(most: int) -> Callable[[Callable[[str], _Answer | None]], Callable[[str], _Answer | None]]:
    """Remember what was read of this many texts; one that is too long to be anything is neither read nor kept."""

    def wrap(read: Callable[[str], _Answer | None]) -> Callable[[str], _Answer | None]:
        known = lru_cache(most)(read)
        return lambda text: known(text) if len(text) <= _LONGEST else None

    return wrap


@_remembered(4096)
def quantity(text: str) -> str | None:
    """Return a quantity as Kubernetes writes it, None if the text is none."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return None
    amount, suffix = _amount(found), found[2] or ""
    if suffix.endswith("i"):
        return _binary(amount)
    return _decimal(amount) if suffix in _DECIMAL else _with_exponent(amount)


@_remembered(4096)
def value(text: str) -> Fraction | None:
    """Return how much a quantity is, None if the text is none."""
    found = _QUANTITY.fullmatch(text)
    return None if found is None else _amount(found)


def _amount(found: re.Match[str]) -> Fraction:
    number, suffix = Fraction(found[1]), found[2] or ""
    if suffix.endswith("i"):
        return number * 1024 ** _BINARY.index(suffix)
    power = _DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:])
    return number * Fraction(10) ** power


def _binary(value: Fraction) -> str:
    """Write a value in binary notation, which is for whole numbers from 1,024."""
    if value.denominator != 1 or abs(value) < 1024:
        return _decimal(value)
    power, whole = 0, int(value)
    while whole % 1024 == 0 and power < len(_BINARY) - 1:
        power, whole = power + 1, whole // 1024
    return f"{whole}{_BINARY[power]}"


def _decimal(value: Fraction) -> str:
    exponent, whole = _scaled(value)
    suffix = next(name for name, power in _DECIMAL.items() if power == exponent)
    return f"{whole}{suffix}"


def _with_exponent(value: Fraction) -> str:
    exponent, whole = _scaled(value)
    return f"{whole}e{exponent}" if exponent else str(whole)


def _scaled(value: Fraction) -> tuple[int, int]:
    """Return the largest exponent, a multiple of three, by which the value is whole; fractions of a nano round up."""
    rounded = Fraction(ceil(abs(value) * 10**9), 10**9)
    exponent = _LARGEST
    while exponent > _SMALLEST and (rounded / Fraction(10) ** exponent).denominator != 1:
        exponent -= 3
    whole = int(rounded / Fraction(10) ** exponent)
    return (0, 0) if not whole else (exponent, -whole if value < 0 else whole)


@_remembered(1024)
def duration(text: str) -> str | None:
    """Return a duration as Go writes it, None if the text is none."""
    sign, rest = ("-", text[1:]) if text.startswith("-") else ("", text.removeprefix("+"))
    parts = _DURATION.findall(rest)
    if rest == "0":
        return "0s"
    if not parts or "".join(number + unit for number, unit in parts) != rest:
        return None
    nanoseconds = int(sum((Fraction(number) * _UNITS[unit] for number, unit in parts), Fraction(0)))
    return f"{sign}{_written(nanoseconds)}" if nanoseconds else "0s"


def _written(nanoseconds: int) -> str:
    for unit, name in ((_MICRO, "ns"), (_MILLI, "µs"), (_SECOND, "ms")):
        if nanoseconds < unit:
            return f"{_fraction(nanoseconds, unit // 1000)}{name}"
    hours, rest = divmod(nanoseconds, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    seconds = f"{_fraction(rest, _SECOND)}s"
    if hours:
        return f"{hours}h{minutes}m{seconds}"
    return f"{minutes}m{seconds}" if minutes else seconds


def _fraction(value: int, unit: int) -> str:
    """Write a number of units, with as many digits behind the point as it needs."""
    whole, rest = divmod(value, unit)
    digits = f"{rest:0{len(str(unit)) - 1}d}".rstrip("0") if rest else ""
    return f"{whole}.{digits}" if digits else str(whole)
