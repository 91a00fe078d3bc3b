"""Builds the repo server from its settings; the only module of it that imports a concrete gateway."""

import contextlib
import secrets
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

import structlog

from argosy.gateways.clock import Clock, SystemClock
from argosy.gateways.process import BadSetting
from argosy.gateways.tools import worker
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.port import Tools
from argosy.gateways.tools.runner import ScriptRunner
from argosy.gateways.tools.scripts import Scripts
from argosy.gateways.tools.worker import Limits as ToolLimits
from argosy.gateways.tools.worker import Program
from repo_server.cache.failures import Failures
from repo_server.cache.renders import Renders
from repo_server.cache.shelf import Shelf
from repo_server.fetching import Fetching, FetchLimits, open_fetching
from repo_server.git.command import Network
from repo_server.git.hosts import Hosts
from repo_server.git.keyrings import Keyrings
from repo_server.git.mirrors import Mirrors
from repo_server.git.process import forget_inherited
from repo_server.git.providers.tokens import Tokens
from repo_server.git.signatures import Signatures
from repo_server.git.submodules import Composer
from repo_server.git.tickets import TicketOffice
from repo_server.market import OpenMarket
from repo_server.plugins.plugins import Plugins, Setup
from repo_server.render.job import Limits
from repo_server.render.source import Renderer
from repo_server.service import Bounds, Service
from repo_server.settings import Settings
from repo_server.sources import Sources
from repo_server.tree import Tree

log = structlog.get_logger("repo_server")

PACKAGED_TOOL_WORKER = worker.PACKAGED

_NO_FOLDERS: Mapping[str, Tree] = {}

_SCHEMES = ("https", "http", "ssh", "git+ssh")


@contextlib.asynccontextmanager
async def service(
    settings: Settings, *, folders: Mapping[str, Tree] = _NO_FOLDERS
) -> AsyncGenerator[tuple[Service, Clock]]:
    """Yield the service with everything that it needs; all of it is ended afterwards.

    `folders` are repositories that are read from disk, by URL; for work without a server. Raises `BadSetting` for a
    state folder that cannot be used.
    """
    clock = SystemClock()
    async with contextlib.AsyncExitStack() as stack:
        try:
            built = await _service(settings, clock, stack, folders)
        except OSError as error:
            raise BadSetting(
                f"--state {settings.state} cannot be used: {error.filename or ''}: {error.strerror}; it must be a "
                "folder that is ours to write to: take away what is in the way, or name another one"
            ) from error
        yield built, clock


async def _service(
    settings: Settings, clock: Clock, stack: contextlib.AsyncExitStack, folders: Mapping[str, Tree]
) -> Service:
    tools = open_tools(settings, clock)
    stack.push_async_callback(tools.close)
    mirrors = await _mirrors(settings, clock, stack)
    fetching = _fetching(settings, tools, clock)
    stack.push_async_callback(fetching.web.close)
    composer = Composer(mirrors, web=fetching.web)
    plugins = _plugins(settings, tools, stack)
    shelf = _shelf(settings)
    stack.push_async_callback(shelf.close)
    renderer = Renderer(
        tools=tools,
        plugins=plugins,
        market=OpenMarket(mirrors=mirrors, composer=composer, fetching=fetching, tools=tools),
        renders=Renders(shelf=shelf, limit=settings.cache_bytes, clock=clock),
        failures=Failures(pause=settings.pause, clock=clock),
        limits=Limits(directory_bytes=settings.directory_bytes, tool_bytes=settings.chart_bytes),
        clock=clock,
        lifetime=settings.lifetime_seconds,
    )
    sources = Sources(
        mirrors=mirrors,
        composer=composer,
        fetching=fetching,
        signatures=_signatures(settings, tools, clock),
        tools=tools,
        seconds=settings.refs_seconds,
        folders=folders,
    )
    bounds = Bounds(seconds=settings.render_seconds, parallel=settings.parallel)
    return Service(sources=sources, renderer=renderer, bounds=bounds)


async def _mirrors(settings: Settings, clock: Clock, stack: contextlib.AsyncExitStack) -> Mirrors:
    forget_inherited()
    office = TicketOffice(_private_folder(settings.state))
    await office.open()
    stack.push_async_callback(office.close)
    network = Network(
        office,
        clock=clock,
        tokens=Tokens(clock=clock, seconds=settings.request_seconds, workload=settings.git.workload),
        hosts=Hosts(clock=clock, listings=settings.git.listings),
        request_seconds=settings.request_seconds,
        transfer_seconds=settings.transfer_seconds,
        patience=settings.git.patience,
        limits=settings.git.limits,
    )
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


def _fetching(settings: Settings, tools: Tools, clock: Clock) -> Fetching:
    limits = FetchLimits(
        request_seconds=settings.transfer_seconds,
        believe_seconds=settings.refs_seconds,
        chart_bytes=settings.chart_bytes,
        index_bytes=settings.charts.index_bytes,
        artifact_bytes=settings.charts.artifact_bytes,
        store_bytes=settings.charts.store_bytes,
        layer_types=settings.charts.layer_types,
    )
    return open_fetching(settings.state / "charts", tools=tools, clock=clock, limits=limits)


def _plugins(settings: Settings, tools: Tools, stack: contextlib.AsyncExitStack) -> Plugins:
    setup = Setup(
        folder=settings.plugins.folder,
        state=settings.state / "plugins",
        parallel=settings.workers,
        exclusions=settings.plugins.exclusions,
        only_generate_paths=settings.plugins.only_generate_paths,
        hidden=[settings.state, *filter(None, [settings.token_file])],
        allow_unsandboxed=settings.unsandboxed,
        environment=settings.environment,
        limits=settings.plugins.limits,
    )
    found = Plugins(setup, tools=tools)
    found.open()
    stack.callback(found.close)
    return found


def _signatures(settings: Settings, tools: Tools, clock: Clock) -> Signatures | None:
    if not settings.signatures:
        log.warning("signatures_are_not_verified", because="ARGOSY_GPG_ENABLED or ARGOCD_GPG_ENABLED is false")
        return None
    keyrings = Keyrings(settings.state / "keyrings", clock=clock)
    keyrings.open()
    return Signatures(keyrings, tools=tools)


def _shelf(settings: Settings) -> Shelf:
    """Return the store of renders; without a token nobody else could read it again, so nothing is kept."""
    limit = settings.cache_disk_bytes if settings.token else 0
    secret = settings.token.encode() or secrets.token_bytes(32)
    shelf = Shelf(settings.state / "renders", secret=secret, limit=limit)
    shelf.open()
    return shelf


def _private_folder(state: Path) -> Path:
    """Return the folder for the askpass socket: in the state, so that a kill leaves nothing new behind each time."""
    folder = state / "run"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    return folder


def open_tools(settings: Settings, clock: Clock) -> Tools:
    """Return the tool workers, which whoever asked closes; none is started before the first question."""
    return _pool(settings, clock)


@contextlib.asynccontextmanager
async def scripts(settings: Settings, clock: Clock) -> AsyncGenerator[Scripts]:
    """Yield what runs users' scripts; the workers are ended afterwards."""
    pool = _pool(settings, clock)
    try:
        yield ScriptRunner(pool)
    finally:
        await pool.close()


def _pool(settings: Settings, clock: Clock) -> Pool:
    program = Program(
        path=settings.tool_worker or PACKAGED_TOOL_WORKER,
        limits=ToolLimits(seconds=settings.tool_seconds),
        allow_unsandboxed=settings.unsandboxed,
    )
    return Pool(program, size=settings.workers, clock=clock)
