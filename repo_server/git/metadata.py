"""Who made a commit, when, what they said of it, and which other commits it was made from. Called by `sources`.

Comes in: the commit's own text. Goes out: `RevisionMetadata`, with nothing in it that a terminal or a page would take
for more than text.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parseaddr
from urllib.parse import urlsplit

import msgspec

from argosy.wire.repo_server import RevisionMetadata, RevisionReference
from repo_server.git import commits
from repo_server.git.address import scrub
from repo_server.git.commits import Commit

_AUTHOR = re.compile(r"(?P<who>.*) (?P<seconds>-?\d+) (?P<sign>[+-])(?P<hours>\d\d)(?P<minutes>\d\d)")
_SHA = re.compile(r"[0-9a-f]{5,64}")
_SIGNATURES = {"PGP": "OpenPGP", "SSH": "ssh", "SIGNED": "X.509"}
_REFERENCE = "argocd-reference-commit-"
_LEFT_TO_RIGHT = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def parse(text: bytes, *, tags: tuple[str, ...]) -> RevisionMetadata:
    """Return the author, date, tags, message and references; a date that no calendar has stays empty.

    The message is cut at 64 KiB. That there is a signature is said, and not that it is good: `git.signatures` verifies.
    """
    commit = commits.commit(text)
    match = _AUTHOR.fullmatch(commit.author)
    kinds = " and ".join(_SIGNATURES[kind] for kind in dict.fromkeys(commit.signatures))
    return RevisionMetadata(
        author=_printable(match["who"] if match else commit.author),
        date=_date(match) if match else "",
        tags=tags,
        message=_printable(commit.message),
        signature_info=f"{kinds} signature, not verified" if kinds else "",
        references=_references(commit),
    )


def _references(commit: Commit) -> tuple[RevisionReference, ...]:
    """Return the commit that the trailers name (Argo CD 2.58); a value that is not what it should be is left out."""
    valid: dict[str, str] = {}
    for name, read in _FIELDS.items():
        value = commit.trailer(_REFERENCE + name)
        if value and (taken := read(value)):
            valid[name] = _printable(taken)
    if not valid:
        return ()
    reference = RevisionReference(
        repo_url=valid.get("repourl", ""),
        sha=valid.get("sha", ""),
        author=valid.get("author", ""),
        date=valid.get("date", ""),
        subject=valid.get("subject", ""),
        body=valid.get("body", ""),
    )
    return (reference,)


def _url(value: str) -> str:
    """Take a URL that a browser may be led to, without a user or password in it."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return scrub(value) if parts.scheme in ("http", "https") and parts.hostname else ""


def _sha(value: str) -> str:
    return value if _SHA.fullmatch(value) else ""


def _address(value: str) -> str:
    name, address = parseaddr(value)
    if "@" not in address:
        return ""
    return f"{name} <{address}>" if name else address


def _time(value: str) -> str:
    try:
        return value if datetime.fromisoformat(value).tzinfo is not None and "T" in value else ""
    except ValueError:
        return ""


def _json_text(value: str) -> str:
    try:
        return msgspec.json.decode(value, type=str)
    except msgspec.MsgspecError:
        return ""


_FIELDS: Mapping[str, Callable[[str], str]] = {
    "repourl": _url,
    "sha": _sha,
    "author": _address,
    "date": _time,
    "subject": str,
    "body": _json_text,
}


def _date(match: re.Match[str]) -> str:
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
    try:
        zone = timezone(-offset if match["sign"] == "-" else offset)
        return datetime.fromtimestamp(int(match["seconds"]), zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return ""


def _printable(text: str) -> str:
    """Replace what is no text: control characters, and marks that make a line read otherwise than it is written."""
    return "".join(
        character if character in "\n\t" or (character.isprintable() and character not in _LEFT_TO_RIGHT) else "\ufffd"
        for character in text
    )
