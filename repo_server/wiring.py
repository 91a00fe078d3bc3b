"""Builds the repo server from its settings; the only module of it that imports a concrete gateway."""

import contextlib
import tempfile
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

import argosy
from argosy.gateways.clock import Clock, SystemClock
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.port import Tools
from argosy.gateways.tools.worker import Limits as ToolLimits
from argosy.gateways.tools.worker import Program
from repo_server.cache import Cache
from repo_server.charts.repository import Charts
from repo_server.git.command import Network
from repo_server.git.mirrors import Mirrors
from repo_server.git.tickets import TicketOffice
from repo_server.render.job import Limits
from repo_server.render.source import Renderer
from repo_server.service import Bounds, Service
from repo_server.settings import Settings
from repo_server.sources import Sources
from repo_server.tree import Tree

PACKAGED_TOOL_WORKER = Path(argosy.__file__).parent / "_bin" / "tool_worker"
"""Where the build puts the tool worker, in a checkout and in the wheel alike."""

_LONGEST_SOCKET_FOLDER = 85
"""A Unix socket's path holds at most 107 bytes."""

_NO_FOLDERS: Mapping[str, Tree] = {}

_SCHEMES = ("https", "http", "ssh", "git+ssh")


@contextlib.asynccontextmanager
async def service(
    settings: Settings, *, folders: Mapping[str, Tree] = _NO_FOLDERS
) -> AsyncGenerator[tuple[Service, Clock]]:
    """Yield the service with everything that it needs; all of it is ended afterwards.

    `folders` are repositories that are read from disk, by URL; for work without a server.
    """
    clock = SystemClock()
    async with contextlib.AsyncExitStack() as stack:
        tools = _tools(settings, clock)
        stack.push_async_callback(tools.close)
        mirrors = await _mirrors(settings, clock, stack)
        charts = Charts(
            tools=tools,
            clock=clock,
            index_seconds=settings.refs_seconds,
            seconds=settings.transfer_seconds,
            unpacked_limit=settings.chart_bytes,
        )
        renderer = Renderer(
            tools=tools,
            cache=Cache(limit=settings.cache_bytes),
            limits=Limits(directory_bytes=settings.directory_bytes, tool_bytes=settings.chart_bytes),
        )
        sources = Sources(mirrors=mirrors, charts=charts, tools=tools, folders=folders)
        bounds = Bounds(seconds=settings.render_seconds, parallel=settings.parallel)
        yield Service(sources=sources, renderer=renderer, bounds=bounds), clock


async def _mirrors(settings: Settings, clock: Clock, stack: contextlib.AsyncExitStack) -> Mirrors:
    office = TicketOffice(_private_folder(settings.state, stack))
    await office.open()
    stack.push_async_callback(office.close)
    network = Network(office, request_seconds=settings.request_seconds, transfer_seconds=settings.transfer_seconds)
    stack.callback(network.close)
    mirrors = Mirrors(
        settings.state / "mirrors",
        network=network,
        clock=clock,
        schemes=(*_SCHEMES, "file") if settings.file_urls else _SCHEMES,
        refs_seconds=settings.refs_seconds,
    )
    mirrors.open()
    stack.push_async_callback(mirrors.close)
    return mirrors


def _private_folder(state: Path, stack: contextlib.ExitStack | contextlib.AsyncExitStack) -> Path:
    """Return the folder for the askpass socket: in the state, so that a kill leaves nothing new behind each time."""
    folder = state / "run"
    if len(str(folder)) > _LONGEST_SOCKET_FOLDER:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="argosy-")))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    (folder / "askpass.socket").unlink(missing_ok=True)
    return folder


def _tools(settings: Settings, clock: Clock) -> Tools:
    program = Program(
        path=settings.tool_worker or PACKAGED_TOOL_WORKER,
        limits=ToolLimits(seconds=settings.tool_seconds),
        allow_unsandboxed=settings.unsandboxed,
    )
    return Pool(program, size=settings.workers, clock=clock)
