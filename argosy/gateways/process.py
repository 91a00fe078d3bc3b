"""What every process does before its own work: read its environment, listen where it is told to, and log without giving
anything away. Called by the `settings` and `__main__` modules.
"""

import os
import resource
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import structlog

UNIX = "unix:"

_SHORTEST_TOKEN = 32
_BACKLOG = 2048


class BadSetting(Exception):
    """A variable is missing or cannot be used; the text names it and says what it should be."""


def needed(environment: Mapping[str, str], name: str) -> str:
    """Return a variable. Raises `BadSetting` if it is not set."""
    value = environment.get(name, "")
    if not value:
        raise BadSetting(f"{name} is not set; `argosy up` sets it, see docs/settings.md")
    return value


def token(environment: Mapping[str, str], name: str) -> str:
    """Return the internal token in the file that a variable names. Raises `BadSetting` if it is none."""
    return token_in(Path(needed(environment, name)), named=name)


def token_in(path: Path, *, named: str) -> str:
    """Return the internal token in a file, which a setting has named. Raises `BadSetting` if it is none."""
    try:
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        because = error.strerror if isinstance(error, OSError) else "it is no text"
        raise BadSetting(f"{named}: {path} cannot be read: {because}") from error
    if len(found) < _SHORTEST_TOKEN:
        raise BadSetting(f"{named}: {path} holds fewer than {_SHORTEST_TOKEN} characters; write a random token into it")
    return found


def listen(address: str) -> tuple[socket.socket, str]:
    """Return a socket that listens on `host:port` (0 takes a free port) or `unix:/path`, and the address to tell.

    Who is told the address may connect at once, and waits until the server accepts. A Unix socket is for its owner
    alone. Raises `OSError` as the system does.
    """
    if not address.startswith(UNIX):
        host, _, port = address.rpartition(":")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # asyncio sets TCP_NODELAY only where the protocol is named; without it each answer waits 40 ms.
        opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host.strip("[]"), int(port)))
        opened.listen(_BACKLOG)
        return opened, f"http://{host}:{opened.getsockname()[1]}"
    path = Path(address.removeprefix(UNIX))
    path.unlink(missing_ok=True)
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        opened.bind(str(path))
    finally:
        os.umask(before)
    opened.listen(_BACKLOG)
    return opened, address


def prepare() -> None:
    """Leave nothing behind in a core dump; log as JSON on stderr, without local variables."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
