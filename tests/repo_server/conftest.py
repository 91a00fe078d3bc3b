"""A forge on loopback, without and with a login, and mirrors of what it serves."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from argosy.gateways.clock import ManualClock, SystemClock
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
from repo_server.sources import Sources
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
    network = Network(office, request_seconds=15, transfer_seconds=60)
    clock = ManualClock(datetime(2026, 1, 2, tzinfo=UTC))
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
def kitchen(forge: Forge, reach: Reach, tools: Tools) -> Kitchen:
    counting = CountingTools(tools)
    charts = Charts(tools=counting, clock=reach.clock, index_seconds=120, seconds=15, unpacked_limit=5_000_000)
    renderer = Renderer(
        tools=counting,
        cache=Cache(limit=1_000_000),
        limits=Limits(directory_bytes=100_000, tool_bytes=5_000_000),
    )
    sources = Sources(mirrors=reach.mirrors, charts=charts, tools=counting)
    service = Service(sources=sources, renderer=renderer, bounds=Bounds(seconds=60, parallel=0))
    return Kitchen(service, forge, counting, reach.clock)
