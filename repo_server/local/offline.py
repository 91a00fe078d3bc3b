"""The service inside the command line: the server's own code, with folders in the place of repositories.

Comes in: folders by the repository URL that they stand for. Goes out: a service, for as long as one command runs. The
state is kept between commands in the user's cache folder, so that what was fetched is not fetched again; a second
command at the same time gets a state of its own. Called by `argosy.cli.offline`.
"""

import contextlib
import fcntl
import os
import sys
import tempfile
from collections.abc import AsyncGenerator, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from argosy.gateways import process
from argosy.gateways.clock import SystemClock
from argosy.gateways.tools.port import Tools
from argosy.gateways.tools.scripts import Scripts
from repo_server import settings, wiring
from repo_server.local import folder
from repo_server.local.folder import Folder
from repo_server.service import Service


@dataclass(frozen=True, kw_only=True)
class Offline:
    """The service, and the folders that it reads."""

    service: Service
    folders: tuple[Folder, ...]


@contextlib.asynccontextmanager
async def service(folders: Mapping[str, Path], environment: Mapping[str, str]) -> AsyncGenerator[Offline]:
    """Yield the service; all that it runs is ended afterwards. Raises `Refused` for a folder, `BadSetting`."""
    _log_for_people()
    with contextlib.ExitStack() as stack:
        by_path = {path: stack.enter_context(folder.opened(path)) for path in dict.fromkeys(folders.values())}
        trees = {url: by_path[path][0] for url, path in folders.items()}
        chosen = settings.offline(_state(environment, stack), environment)
        async with wiring.service(chosen, folders=trees) as (built, _):
            yield Offline(service=built, folders=tuple(opened for _, opened in by_path.values()))


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """The tools alone, for work on charts; `chart_bytes` is the most that a chart may hold, unpacked."""

    tools: Tools
    chart_bytes: int


@contextlib.asynccontextmanager
async def workshop(environment: Mapping[str, str]) -> AsyncGenerator[Workshop]:
    """Yield the tools; the workers are ended afterwards. Raises `BadSetting`."""
    # Nothing is kept: the folder of the state is never used.
    chosen = settings.offline(Path(os.devnull), environment)
    tools = wiring.open_tools(chosen, SystemClock())
    try:
        yield Workshop(tools=tools, chart_bytes=chosen.chart_bytes)
    finally:
        await tools.close()


@contextlib.asynccontextmanager
async def scripts(environment: Mapping[str, str]) -> AsyncGenerator[Scripts]:
    """Yield what runs users' scripts, for work on objects; the workers are ended afterwards. Raises `BadSetting`."""
    async with wiring.scripts(settings.offline(Path(os.devnull), environment), SystemClock()) as found:
        yield found


def _log_for_people() -> None:
    """Log plain lines on standard error, where a person reads them; standard output is for manifests alone."""
    process.prepare()
    structlog.configure(
        processors=[structlog.processors.add_log_level, _line], logger_factory=structlog.PrintLoggerFactory(sys.stderr)
    )


def _line(logger: object, method: str, event: MutableMapping[str, Any]) -> str:
    del logger, method
    level, said = event.pop("level"), event.pop("event")
    return ": ".join([level, str(said), *(f"{name}={value}" for name, value in event.items())])


def _state(environment: Mapping[str, str], stack: contextlib.ExitStack) -> Path:
    """Return a folder that nobody else uses until the stack is closed."""
    home = environment.get("XDG_CACHE_HOME") or f"{environment.get('HOME') or os.devnull}/.cache"
    state = Path(home) / "argosy" / "offline"
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        stack.callback(os.close, lock)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        # In use by another command, or there is no home, or one that cannot be written to.
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="argosy-")))
    return state
