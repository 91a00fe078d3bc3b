"""Go durations, as Argo CD's users write them: `5s`, `1h30m`, `1.5h`; a bare number means seconds."""

import re

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")


def seconds(text: str) -> float:
    """Return a duration in seconds. Raises `ValueError` naming the text if it is none."""
    trimmed = text.strip()
    if trimmed.replace(".", "", 1).isdecimal():
        return float(trimmed)
    parts = _PART.findall(trimmed)
    if not parts or "".join(number + unit for number, unit in parts) != trimmed:
        message = f"{text!r} is not a duration: write it as 90s, 5m or 1h30m"
        raise ValueError(message)
    return sum(float(number) * _UNITS[unit] for number, unit in parts)
