"""Reads what a person gives: a file, a URL or standard input, and `name=value` pairs. Called by many commands."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from argosy.cli.errors import CommandError
from argosy.cli.spec import document

_LARGEST = 64 * 1024 * 1024


def read_text(place: str) -> str:
    """Read the text at a place; raises `CommandError` if there is none."""
    if place == "-":
        return sys.stdin.read()
    if place.startswith(("http://", "https://")):
        return _fetch(place)
    try:
        with Path(place).open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise CommandError(f"{place} cannot be read: it is larger than {_LARGEST:,} bytes")
        return content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise CommandError(f"{place} cannot be read: {reason}") from error


def read_pairs(texts: Sequence[str], *, option: str) -> Mapping[str, str]:
    """Split texts of the form `name=value`; raises `CommandError` naming the option and the text that is not."""
    try:
        return document.pairs(texts, option=option)
    except ValueError as error:
        raise CommandError(str(error)) from error


def _fetch(url: str) -> str:
    import httpx2  # noqa: PLC0415  heavy, and most texts are in files

    try:
        answer = httpx2.get(url, follow_redirects=True)
        answer.raise_for_status()
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise CommandError(f"{url} cannot be read: {error}") from error
    return answer.text
