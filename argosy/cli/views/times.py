"""Times as Argo CD prints them. Called by the other views."""

from datetime import datetime


def moment(text: str) -> str:
    """Print an RFC 3339 time as Go prints one: `2026-01-02 03:04:05 +0000 UTC`."""
    return text.replace("T", " ").replace("Z", " +0000 UTC")


def seconds_between(start: str, end: str) -> int:
    """Count the seconds between two RFC 3339 times."""
    return int((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds())


def duration(seconds: int) -> str:
    """Print a number of seconds as Go prints a duration: `1h2m3s`."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes}m{rest}s"
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
