"""A forge on loopback, without and with a login, and mirrors of what it serves."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from argosy.gateways.clock import ManualClock
from repo_server.git.command import Network
from repo_server.git.mirrors import Mirrors
from repo_server.git.tickets import TicketOffice
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
