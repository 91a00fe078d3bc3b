"""How the texts of the settings objects are read: one function per kind of value, raising `Malformed`."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import yaml

from argosy.engine import durations

_LONGEST = 10 * 365 * 24 * 3600.0
_TRUE = frozenset(("true", "1", "t", "T", "TRUE", "True"))
_UNITS = {"": 1, "k": 1000, "K": 1000, "Ki": 1024} | {
    f"{unit}{suffix}": base**power
    for power, unit in enumerate("MGT", start=2)
    for suffix, base in (("", 1000), ("i", 1024))
}
_FALSE = frozenset(("false", "0", "f", "F", "FALSE", "False"))


class Malformed(ValueError):
    """A text cannot be read; says why in words for the user, never the text itself: it may be a credential."""


def text(value: str) -> str:
    """Return the text without surrounding spaces."""
    return value.strip()


def boolean(value: str) -> bool:
    """Read a boolean as Go's `ParseBool` does."""
    if value.strip() in _TRUE:
        return True
    if value.strip() in _FALSE:
        return False
    raise Malformed("not a boolean; write true or false")


def duration(value: str) -> float:
    """Read a Go duration ("3m", "1h30m", "0"), or a bare number of seconds, as seconds."""
    try:
        seconds = durations.seconds(value)
    except ValueError:
        raise Malformed("not a duration; write for example 180s, 3m or 1h30m") from None
    if seconds > _LONGEST:
        raise Malformed("longer than ten years")
    return seconds


def whole_number(value: str) -> int:
    """Read an integer."""
    if not re.fullmatch(r"[+-]?\d{1,18}", value.strip()):
        raise Malformed("not a whole number")
    return int(value)


def quantity(value: str) -> int:
    """Read a number of bytes as Kubernetes writes it: `10M`, `64Mi`, `1G`, `5000`."""
    found = re.fullmatch(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)(|[kK]|[KMGT]i?)", value.strip())
    if found is None:
        raise Malformed("not a number of bytes; write for example 10M, 64Mi or 1G")
    return int(float(found[1]) * _UNITS[found[2]])


def comma_list(value: str) -> tuple[str, ...]:
    """Read a list separated by commas, each entry once."""
    return tuple(dict.fromkeys(entry.strip() for entry in value.split(",") if entry.strip()))


def structure(value: str) -> Any:
    """Read a YAML text."""
    try:
        return yaml.load(value, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Malformed(f"not valid YAML, line {line}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise Malformed("not valid YAML") from error


def objects(value: str) -> tuple[Mapping[str, Any], ...]:
    """Read a YAML list of mappings; an empty text is an empty list."""
    entries = structure(value) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Malformed("not a list of mappings")
    return tuple(entries)


def mapping(value: str) -> Mapping[str, Any]:
    """Read a YAML mapping; an empty text is an empty mapping."""
    entries = structure(value) or {}
    if not isinstance(entries, dict):
        raise Malformed("not a mapping")
    return entries


def moment(value: str) -> datetime:
    """Read an RFC 3339 time as an aware time in UTC."""
    try:
        time = datetime.fromisoformat(value.strip())
    except ValueError:
        raise Malformed("not an RFC 3339 time, as 2026-01-31T12:00:00Z") from None
    if time.tzinfo is None:
        raise Malformed("a time without a time zone")
    return time.astimezone(UTC)


def one_of(*allowed: str) -> Callable[[str], str]:
    """Return a reader that accepts these texts only."""

    def read(value: str) -> str:
        if value.strip() in allowed:
            return value.strip()
        raise Malformed(f"not one of {', '.join(allowed)}")

    return read
