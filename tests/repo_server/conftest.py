"""A forge on loopback, without and with a login, and mirrors of what it serves."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from argosy.gateways.clock import ManualClock, SystemClock
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.port import Tools
from argosy.gateways.tools.worker import Limits as ToolLimits
from argosy.gateways.tools.worker import Program
from repo_server.cache.failures import Failures, Pause
from repo_server.cache.renders import Renders
from repo_server.cache.shelf import Shelf
from repo_server.fetching import FetchLimits, open_fetching
from repo_server.git.command import Network
from repo_server.git.hosts import Hosts
from repo_server.git.keyrings import Keyrings
from repo_server.git.mirrors import Mirrors
from repo_server.git.providers.azure import WorkloadIdentity
from repo_server.git.providers.tokens import Tokens
from repo_server.git.signatures import Signatures
from repo_server.git.submodules import Composer
from repo_server.git.tickets import TicketOffice
from repo_server.market import OpenMarket
from repo_server.plugins.plugins import Plugins, Setup
from repo_server.render.job import Limits
from repo_server.render.source import Renderer
from repo_server.service import Bounds, Service
from repo_server.sources import Sources
from repo_server.web.client import Web
from repo_server.wiring import PACKAGED_TOOL_WORKER
from tests.repo_server.kitchen import CountingTools, Kitchen
from tests.repo_server.repositories import Forge, Reach
from tools.gitserver import GitServer, Login

PASSWORD = "pass/w@rd:ü"


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    (tmp_path / "public").mkdir()
    with GitServer(root=tmp_path / "public", static=tmp_path / "charts") as server:
        yield Forge(tmp_path / "public", server.url, server.requests)


@pytest.fixture
def private_forge(tmp_path: Path) -> Iterator[Forge]:
    (tmp_path / "private").mkdir()
    login = Login(user="ada", password=PASSWORD)
    with GitServer(root=tmp_path / "private", static=tmp_path / "charts", login=login) as server:
        yield Forge(tmp_path / "private", server.url, server.requests)


@pytest.fixture
async def office() -> AsyncIterator[TicketOffice]:
    with tempfile.TemporaryDirectory(prefix="argosy-") as folder:
        office = TicketOffice(Path(folder))
        await office.open()
        yield office
        await office.close()


@pytest.fixture
async def reach(tmp_path: Path, office: TicketOffice) -> AsyncIterator[Reach]:
    clock = ManualClock(datetime(2026, 1, 2, tzinfo=UTC))
    network = Network(
        office,
        clock=clock,
        tokens=Tokens(clock=clock, seconds=15, workload=WorkloadIdentity()),
        hosts=Hosts(clock=clock),
        request_seconds=15,
        transfer_seconds=60,
    )
    mirrors = Mirrors(
        tmp_path / "mirrors",
        network=network,
        clock=clock,
        schemes=("https", "http", "ssh", "git+ssh"),
        refs_seconds=120,
    )
    mirrors.open()
    yield Reach(mirrors, clock, network, tmp_path / "mirrors")
    await mirrors.close()
    network.close()


@pytest.fixture
async def tools() -> AsyncIterator[Tools]:
    pool = Pool(Program(path=PACKAGED_TOOL_WORKER, limits=ToolLimits(seconds=5)), size=2, clock=SystemClock())
    yield pool
    await pool.close()


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    web = Web(seconds=10, clock=SystemClock())
    yield web
    await web.close()


@pytest.fixture
def plugin_folder() -> Iterator[Path]:
    """A folder for plugin.yaml files that everybody can pass to: as root, plugins run as nobody."""
    with tempfile.TemporaryDirectory(prefix="argosy-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
async def kitchen(
    forge: Forge, reach: Reach, tools: Tools, tmp_path: Path, plugin_folder: Path
) -> AsyncIterator[Kitchen]:
    counting = CountingTools(tools)
    asked = cast("Tools", counting)
    limits = FetchLimits(
        request_seconds=15,
        believe_seconds=120,
        index_bytes=2_000_000,
        chart_bytes=5_000_000,
        artifact_bytes=5_000_000,
        store_bytes=50_000_000,
    )
    fetching = open_fetching(tmp_path / "archives", tools=asked, clock=reach.clock, limits=limits)
    composer = Composer(reach.mirrors, web=fetching.web)
    keyrings = Keyrings(tmp_path / "keyrings", clock=reach.clock)
    keyrings.open()
    sources = Sources(
        mirrors=reach.mirrors,
        composer=composer,
        fetching=fetching,
        signatures=Signatures(keyrings, tools=asked),
        tools=asked,
        seconds=120,
    )
    plugins = Plugins(Setup(folder=plugin_folder, state=tmp_path / "rooms", parallel=2), tools=asked)
    plugins.open()
    shelves: list[Shelf] = []

    def make(seconds: float = 60) -> tuple[Service, Renderer]:
        shelf = Shelf(tmp_path / "renders", secret=b"of the tests", limit=10_000_000)
        shelf.open()
        shelves.append(shelf)
        renderer = Renderer(
            tools=asked,
            plugins=plugins,
            market=OpenMarket(mirrors=reach.mirrors, composer=composer, fetching=fetching, tools=asked),
            renders=Renders(shelf=shelf, limit=1_000_000, clock=reach.clock),
            failures=Failures(pause=Pause(), clock=reach.clock),
            limits=Limits(directory_bytes=100_000, tool_bytes=5_000_000),
            clock=reach.clock,
            lifetime=86400,
        )
        return Service(sources=sources, renderer=renderer, bounds=Bounds(seconds=seconds, parallel=0)), renderer

    async def settle() -> None:
        for shelf in shelves:
            await shelf.settle()

    yield Kitchen(make, forge, counting, reach.clock, settle=settle)
    for shelf in shelves:
        await shelf.close()
    plugins.close()
    await fetching.web.close()
