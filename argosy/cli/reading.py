"""Reads what a person points at: a file, a URL, or `-` for standard input. Called by commands that take `-f`."""

import sys
from pathlib import Path

import httpx2

from argosy.cli.errors import CommandError


def read_text(place: str) -> str:
    """Read the text at a place; raises `CommandError` if there is none."""
    if place == "-":
        return sys.stdin.read()
    if place.startswith(("http://", "https://")):
        return _fetch(place)
    try:
        return Path(place).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise CommandError(f"{place} cannot be read: {reason}") from error


def _fetch(url: str) -> str:
    try:
        answer = httpx2.get(url, follow_redirects=True)
        answer.raise_for_status()
    except httpx2.HTTPError as error:
        raise CommandError(f"{url} cannot be read: {error}") from error
    return answer.text
