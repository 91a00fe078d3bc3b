"""Reads who made a commit, when, and what they said of it, from the commit's own text."""

import re
from datetime import UTC, datetime, timedelta, timezone

from argosy.wire.repo_server import RevisionMetadata

_AUTHOR = re.compile(r"(?P<who>.*) (?P<seconds>-?\d+) (?P<sign>[+-])(?P<hours>\d\d)(?P<minutes>\d\d)")
_LONGEST_MESSAGE = 64 * 1024


def parse(commit: bytes, *, tags: tuple[str, ...]) -> RevisionMetadata:
    """Return the author, date, tags and message; a date that no calendar has stays empty."""
    head, _, message = commit.decode("utf-8", "replace").partition("\n\n")
    author = next((line.removeprefix("author ") for line in head.splitlines() if line.startswith("author ")), "")
    match = _AUTHOR.fullmatch(author)
    return RevisionMetadata(
        author=_printable(match["who"] if match else author),
        date=_date(match) if match else "",
        tags=tags,
        message=_printable(message[:_LONGEST_MESSAGE].rstrip("\n")),
    )


def _date(match: re.Match[str]) -> str:
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
    try:
        zone = timezone(-offset if match["sign"] == "-" else offset)
        return datetime.fromtimestamp(int(match["seconds"]), zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return ""


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() or character in "\n\t" else "\ufffd" for character in text)
