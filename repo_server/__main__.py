"""Starts the repo server: `python -m repo_server --listen 127.0.0.1:0 --token-file FILE`.

Prints "listening on http://127.0.0.1:PORT" (or "listening on unix:PATH") when it can be asked, and serves until it is
told to end.
"""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

import uvicorn

from argosy.gateways import process
from repo_server import settings as repo_server_settings
from repo_server import wiring
from repo_server.http import application
from repo_server.settings import BadSetting, Settings, Tcp, Unix

_BACKLOG = 2048


def main(arguments: Sequence[str]) -> int:
    """Read the settings and serve. Returns the exit code: 2 for a setting that cannot be used."""
    try:
        settings = repo_server_settings.read(arguments, os.environ)
        _prepare_process()
        asyncio.run(_serve(settings))
    except BadSetting as error:
        print(f"repo_server: {error}", file=sys.stderr)  # noqa: T201  for whoever started us
        return 2
    return 0


async def _serve(settings: Settings) -> None:
    listener, where = process.listen(_address(settings.listen))
    async with wiring.service(settings) as (service, clock):
        gc.collect()
        gc.freeze()  # of what the server is made of nothing will be garbage; looking through it costs 25 ms each time
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


def _address(listen: Tcp | Unix) -> str:
    match listen:
        case Tcp(host=host, port=port):
            return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        case Unix(path=path):
            return f"{process.UNIX}{path}"


def _prepare_process() -> None:
    """Do what every process does, and end by unwinding."""
    process.prepare()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)


def _end(number: int, frame: FrameType | None) -> None:
    """Leave by unwinding, so that processes end and folders go; uvicorn repeats the signal when it is done."""
    del number, frame
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
