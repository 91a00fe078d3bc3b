"""What every process does before its own work: listen where it is told to, and log without giving anything away.

Called by the `__main__` modules.
"""

import os
import resource
import socket
import sys
from pathlib import Path

import structlog

UNIX = "unix:"


def listen(address: str) -> tuple[socket.socket, str]:
    """Return a bound socket for `host:port` (0 takes a free port) or `unix:/path`, and the address to tell.

    A Unix socket is for its owner alone. Raises `OSError` as the system does.
    """
    if not address.startswith(UNIX):
        host, _, port = address.rpartition(":")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # asyncio sets TCP_NODELAY only where the protocol is named; without it each answer waits 40 ms.
        opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host.strip("[]"), int(port)))
        return opened, f"http://{host}:{opened.getsockname()[1]}"
    path = Path(address.removeprefix(UNIX))
    path.unlink(missing_ok=True)
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        opened.bind(str(path))
    finally:
        os.umask(before)
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
