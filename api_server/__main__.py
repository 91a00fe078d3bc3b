"""Starts the API server: `python -m api_server [--listen HOST:PORT]`.

Prints "listening on ..." when it can be asked, and works until it is told to end. It speaks plain HTTP on loopback, and
elsewhere only with a certificate or behind a proxy that has one (see `settings`).
"""

import argparse
import asyncio
import signal
import sys

import structlog

from api_server import interface as interfaces
from api_server import settings as server_settings
from api_server import wiring
from api_server.interface import Interface
from api_server.settings import Settings, Tls
from argosy.gateways import process
from argosy.gateways.kubernetes.errors import ClusterError
from argosy.gateways.process import BadSetting
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
    process.prepare()
    try:
        asyncio.run(_work(settings))
    except (ClusterError, StoreError, OSError) as error:
        _log.error("cannot work", reason=str(error))
        return _OUT_OF_REACH
    return 0


async def _work(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    listener, where = process.listen(f"{host}:{settings.port}")
    async with wiring.api_server(settings) as application:
        interface = interfaces.make(application, settings.transport)
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, _end, interface)
        if isinstance(settings.transport, Tls):
            where = where.replace("http://", "https://", 1)
        print(f"listening on {where}", flush=True)  # noqa: T201  whoever started us reads it
        await interface.serve(sockets=[listener])


def _end(interface: Interface) -> None:
    interface.should_exit = True


if __name__ == "__main__":
    sys.exit(main())
