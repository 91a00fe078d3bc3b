"""What a user is told of a plugin that failed: its last lines, the limit that it may have met, and no secret.

Called by `plugins`.
"""

import re
import textwrap
from collections.abc import Sequence

from repo_server.errors import Refused
from repo_server.plugins.limits import LimitName, Limits
from repo_server.plugins.run import Ended, Stopped, Task

_SHOWN_LINES = 20
_SHOWN_COMMAND = 120
_BUBBLEWRAP = "bwrap: "
_NOT_EXECUTABLE = 126
_NOT_FOUND = 127
_SHOWN_CHARACTERS = 4096
_SECRET_NAME = re.compile(r"PASS|TOKEN|SECRET|CREDENTIAL|PRIVATE|(^|_)KEY(_|$)|(^|_)AUTH(_|$)", re.IGNORECASE)
SHORTEST_SECRET = 4
"""Characters; what is shorter is found everywhere."""

_HIDDEN = "***"
_LIMIT_SIGNAL = 128 + 25
_SIGNS: tuple[tuple[LimitName, tuple[str, ...]], ...] = (
    ("memory", ("MemoryError", "out of memory", "Cannot allocate memory", "bad_alloc", "Out of memory")),
    ("processes", ("Cannot fork", "Resource temporarily unavailable", "can't fork", "fork: retry", "can't start new")),
    ("disk", ("File too large", "File size limit exceeded", "No space left on device")),
)
"""How programs complain when the kernel holds them to one of our limits."""


def was_not_run(ended: Ended) -> bool:
    """Say whether the command was not found, or the sandbox not put up: then its status is no answer."""
    return ended.status in (_NOT_EXECUTABLE, _NOT_FOUND) or ended.complaints.startswith(_BUBBLEWRAP)


def refused(ended: Ended | Stopped, task: Task, *, limits: Limits) -> Refused:
    """Return the refusal for a command that did not end well."""
    what = f"plugin {task.plugin.name!r}: {_shortened(task.line)}"
    said = _last_lines(_without_secrets(ended.complaints, task))
    match ended:
        case Stopped(limit=limit):
            return Refused("limit_exceeded", f"{what} was stopped: it took {limits.said(limit)}{said}")
        case Ended(complaints=complaints) if complaints.startswith(_BUBBLEWRAP):
            why = complaints.strip().removeprefix(_BUBBLEWRAP)
            return Refused(
                "unavailable",
                f"plugin {task.plugin.name!r} cannot be shut in: {why}. What its plugin.yaml lets it read must be "
                "there, and where the repo server is root everybody must be able to read it",
            )
        case Ended(status=status) if limit := _met(ended):
            took = f"it may have been refused {limits.said(limit)}"
            return Refused("limit_exceeded", f"{what} ended with status {status}; {took}{said}")
        case Ended(status=status):
            return Refused("render_failed", f"{what} ended with status {status}{said or ' and said nothing'}")


def _met(ended: Ended) -> LimitName | None:
    if ended.status == _LIMIT_SIGNAL:
        return "disk"
    return next((limit for limit, signs in _SIGNS if any(sign in ended.complaints for sign in signs)), None)


def _last_lines(text: str) -> str:
    lines = "\n".join(text.strip().splitlines()[-_SHOWN_LINES:])[-_SHOWN_CHARACTERS:]
    printable = "".join(character for character in lines if character.isprintable() or character in "\n\t")
    return f":\n{printable}" if printable else ""


def _shortened(line: Sequence[str]) -> str:
    """Return a command on one line: scripts can be long."""
    return textwrap.shorten(" ".join(line), _SHOWN_COMMAND, placeholder=" ...")


def _without_secrets(text: str, task: Task) -> str:
    """Hide what it was lent, the variables that the administrator let in, and those whose names say so."""
    told = (
        value for name, value in task.environment.items() if name in task.plugin.passed or _SECRET_NAME.search(name)
    )
    secret = {value for value in (*told, *task.secrets) if len(value) >= SHORTEST_SECRET}
    for value in sorted(secret, key=len, reverse=True):
        text = text.replace(value, _HIDDEN)
    return text
