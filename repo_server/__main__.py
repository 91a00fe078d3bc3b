"""Starts the repo server: `python -m repo_server --listen 127.0.0.1:0 --token-file FILE`.

Prints "listening on http://127.0.0.1:PORT" (or "listening on unix:PATH") when it can be asked, and serves until it is
told to end.
"""

import asyncio
import os
import resource
import signal
import socket
import sys
from collections.abc import Sequence
from types import FrameType

import structlog
import uvicorn

from repo_server import settings as repo_server_settings
from repo_server import wiring
from repo_server.git.command import forget_inherited
from repo_server.http import application
from repo_server.settings import BadSetting, Settings, Tcp, Unix

_BACKLOG = 2048


def main(arguments: Sequence[str]) -> int:
    """Read the settings and serve. Returns the exit code: 2 for a setting that cannot be used."""
    try:
        settings = repo_server_settings.read(arguments, os.environ)
    except BadSetting as error:
        print(f"repo_server: {error}", file=sys.stderr)  # noqa: T201  there is no log yet
        return 2
    _prepare_process()
    asyncio.run(_serve(settings))
    return 0


async def _serve(settings: Settings) -> None:
    listener, where = _listener(settings.listen)
    async with wiring.service(settings) as (service, clock):
        config = uvicorn.Config(
            application(service, token=settings.token, clock=clock),
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        # From here on who connects is kept waiting until uvicorn answers, and not turned away.
        listener.listen(_BACKLOG)
        print(f"listening on {where}", flush=True)  # noqa: T201  whoever started us reads it
        await uvicorn.Server(config).serve(sockets=[listener])


def _listener(listen: Tcp | Unix) -> tuple[socket.socket, str]:
    match listen:
        case Tcp(host=host, port=port):
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            # Only a socket that names its protocol gets TCP_NODELAY from asyncio; without it an answer takes 40 ms.
            listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            shown = f"[{host}]" if ":" in host else host
            return listener, f"http://{shown}:{listener.getsockname()[1]}"
        case Unix(path=path):
            path.unlink(missing_ok=True)
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            before = os.umask(0o177)
            try:
                listener.bind(str(path))
            finally:
                os.umask(before)
            return listener, f"unix:{path}"


def _prepare_process() -> None:
    """Leave nothing of a credential behind in a core dump, and log what happens as JSON without local variables."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    forget_inherited()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
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


def _end(number: int, frame: FrameType | None) -> None:
    """Leave by unwinding, so that processes end and folders go; uvicorn repeats the signal when it is done."""
    del number, frame
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
