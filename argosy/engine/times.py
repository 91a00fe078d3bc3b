"""Times as Kubernetes writes them: RFC 3339 in UTC, whole seconds."""

from datetime import UTC, datetime


def text(moment: datetime) -> str:
    """Return `2026-01-02T03:04:05Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(value: str) -> datetime | None:
    """Return the moment, None for an empty or malformed text."""
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
