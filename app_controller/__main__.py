"""Starts the application controller: `python -m app_controller`.

Prints "listening on ..." when its interface can be asked (before it holds the lease, it holds nothing to show), and
works until it is told to end or loses the lease; then it ends with exit code 3, and whoever supervises starts it anew.
"""

import asyncio
import signal
import sys
from typing import Any

import structlog
import uvicorn

from app_controller import serve, wiring
from app_controller import settings as controller_settings
from app_controller.settings import Settings
from argosy.gateways import process
from argosy.gateways.kubernetes.errors import ClusterError, LeaseLost
from argosy.gateways.process import BadSetting
from argosy.gateways.store.errors import StaleEpoch, StoreError

_BAD_SETTING, _LEASE_LOST, _OUT_OF_REACH = 2, 3, 4

_log = structlog.get_logger("app_controller")


def main() -> int:
    """Read the settings and work. Returns the exit code."""
    try:
        settings = controller_settings.read()
    except BadSetting as error:
        sys.stderr.write(f"app_controller: {error}\n")
        return _BAD_SETTING
    process.prepare()
    try:
        asyncio.run(_work(settings))
    except (LeaseLost, StaleEpoch) as error:
        _log.error("the lease is lost", reason=str(error))
        return _LEASE_LOST
    except (ClusterError, StoreError) as error:
        _log.error("cannot work", reason=str(error))
        return _OUT_OF_REACH
    return 0


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with wiring.controller(settings) as (loop, work, deltas, lease):
        server = _server(serve.application(work, deltas, token=settings.token))
        listener, where = process.listen(settings.listen)
        tasks: set[asyncio.Task[Any]] = {
            asyncio.create_task(loop.run(), name="loop"),
            asyncio.create_task(server.serve(sockets=[listener]), name="interface"),
            asyncio.create_task(lease.lost(), name="lease"),
            asyncio.create_task(stop.wait(), name="stop"),
        }
        print(f"listening on {where}", flush=True)  # noqa: T201  whoever started us reads it
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            server.should_exit = True
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            _raise_first(task)
        if not stop.is_set():
            lease.check()


def _raise_first(task: asyncio.Task[Any]) -> None:
    """Raise what ended the task; of several errors that ended it together, the first."""
    error = task.exception()
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if error is not None:
        raise error


def _server(application: object) -> uvicorn.Server:
    config = uvicorn.Config(
        application,  # type: ignore[arg-type]
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    return server


if __name__ == "__main__":
    sys.exit(main())
