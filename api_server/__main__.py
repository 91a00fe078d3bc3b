"""Starts the API server: `python -m api_server [--listen HOST:PORT]`.

Prints "listening on ..." when it can be asked, and works until it is told to end. It speaks plain HTTP on loopback, and
elsewhere only with a certificate or behind a proxy that has one (see `settings`).
"""

import argparse
import asyncio
import resource
import signal
import socket
import sys

import structlog

from api_server import interface as interfaces
from api_server import settings as server_settings
from api_server import wiring
from api_server.interface import Interface
from api_server.settings import BadSetting, Settings, Tls
from argosy.gateways.kubernetes.errors import ClusterError
from argosy.gateways.store.errors import StoreError

_BAD_SETTING, _OUT_OF_REACH = 2, 4

_log = structlog.get_logger("api_server")


def main() -> int:
    """Read the settings and work. Returns the exit code."""
    options = argparse.ArgumentParser(prog="api_server", description="Argosy's API server.")
    options.add_argument("--listen", default="", metavar="HOST:PORT", help="where to listen; port 0 takes a free one")
    try:
        settings = server_settings.read(listen=options.parse_args().listen)
    except BadSetting as error:
        sys.stderr.write(f"api_server: {error}\n")
        return _BAD_SETTING
    _prepare_process()
    try:
        asyncio.run(_work(settings))
    except (ClusterError, StoreError, OSError) as error:
        _log.error("cannot work", reason=str(error))
        return _OUT_OF_REACH
    return 0


async def _work(settings: Settings) -> None:
    listener = socket.create_server(
        (settings.host, settings.port), family=socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    )
    async with wiring.api_server(settings) as application:
        interface = interfaces.make(application, settings.transport)
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, _end, interface)
        scheme = "https" if isinstance(settings.transport, Tls) else "http"
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        print(f"listening on {scheme}://{host}:{listener.getsockname()[1]}", flush=True)  # noqa: T201  for who started us
        await interface.serve(sockets=[listener])


def _end(interface: Interface) -> None:
    interface.should_exit = True


def _prepare_process() -> None:
    """Leave nothing behind in a core dump; log as JSON, without local variables."""
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


if __name__ == "__main__":
    sys.exit(main())
