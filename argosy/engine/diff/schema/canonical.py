"""Are two scalars the same to the API server, which rewrites quantities, durations, times and bytes as it stores them?

Sources: Kubernetes' `resource.Quantity`, `metav1.Duration`, `metav1.Time`. What cannot be read is the same as nothing,
so that the API server is asked.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from argosy.engine import quantities
from argosy.engine.diff.schema.nodes import Form

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)")


def same(left: Any, right: Any, form: Form = "plain") -> bool:
    """Return whether the API server would store both alike; in `plain` form 1 is 1.0, and true is not 1."""
    if left == right:
        return isinstance(left, bool) == isinstance(right, bool)
    match form:
        case "plain":
            return False
        case "quantity":
            return _both(quantities.quantity(_text(left)), quantities.quantity(_text(right)))
        case "duration":
            return _both(quantities.duration(_text(left)), quantities.duration(_text(right)))
        case "time":
            return _both(time(_text(left)), time(_text(right)))
        case "bytes":
            return _unwrapped(left) == _unwrapped(right)


@lru_cache(1024)
def time(text: str) -> datetime | None:
    """Return a time as it is stored, in UTC and whole seconds; None if it is none."""
    if not _TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def _text(value: Any) -> str:
    """Return a number as it would be written in YAML; what is no text or number is no text that can be read."""
    return "" if isinstance(value, bool) or value is None else str(value)


def _both(left: object, right: object) -> bool:
    return left is not None and left == right


def _unwrapped(value: Any) -> Any:
    """Return base64 without its line breaks, which a decoder passes over."""
    return value.replace("\n", "").replace("\r", "") if isinstance(value, str) else value
