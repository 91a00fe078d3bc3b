"""What a remote answered over http: statuses, where it sent us, how long it asks us to wait.

Git shows none of this, but writes it down where `GIT_TRACE_CURL` says: a memory file here, headers only, with
credentials blotted out by git itself. Comes in: that text. Goes out: the answers in order. Called by `git.command`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

_LINE = re.compile(r"(?P<way><=|=>) (?:Recv|Send) header: (?P<text>.*)")
_STATUS = re.compile(r"HTTP/\d(?:\.\d)? (?P<status>\d{3})")
_WANTED = ("location", "retry-after")
_SENT_ON = (301, 302, 303, 307, 308)
_ASKS_TO_WAIT = (403, 429, 503)
_LONGEST_WAIT = 3600.0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer to a request for `path` ("/team/app/info/refs?service=..."), with the headers that matter."""

    path: str
    status: int
    headers: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def location(self) -> str:
        """Where the remote sends us instead; empty if it does not."""
        return self.headers.get("location", "") if self.status in _SENT_ON else ""

    def wait(self, now: datetime) -> float:
        """Return for how many seconds the remote asks to be left alone, an hour at most; 0 if it does not."""
        text = self.headers.get("retry-after", "") if self.status in _ASKS_TO_WAIT else ""
        if text.isdecimal():
            return min(float(text[:12]), _LONGEST_WAIT)
        try:
            until = parsedate_to_datetime(text)
        except ValueError:
            return 0.0
        seconds = (until - now).total_seconds() if until.tzinfo is not None else 0.0
        return min(max(seconds, 0.0), _LONGEST_WAIT)


def to(path: str) -> Mapping[str, str]:
    """Return the environment by which git writes a trace to this file."""
    return {"GIT_TRACE_CURL": path, "GIT_TRACE_CURL_NO_DATA": "1", "GIT_TRACE_REDACT": "1"}


def read(path: str) -> tuple[Answer, ...]:
    """Return the answers in a trace that git has written."""
    return answers(Path(path).read_text(encoding="utf-8", errors="replace"))


def answers(text: str) -> tuple[Answer, ...]:
    """Return the answers in the text of a trace."""
    return tuple(_answers(text))


def _answers(text: str) -> Iterator[Answer]:
    path, current = "", None
    for line in text.splitlines():
        if (match := _LINE.search(line)) is None:
            continue
        header = match["text"].strip()
        if match["way"] == "=>":
            path = _requested(header) or path
        elif status := _STATUS.match(header):
            if current is not None:
                yield current
            current = Answer(path=path, status=int(status["status"]))
        elif current is not None:
            name, _, value = header.partition(":")
            if name.lower() in _WANTED:
                current.headers[name.lower()] = value.strip()
    if current is not None:
        yield current


def _requested(header: str) -> str:
    verb, _, rest = header.partition(" ")
    return rest.partition(" ")[0] if verb in ("GET", "POST") else ""
