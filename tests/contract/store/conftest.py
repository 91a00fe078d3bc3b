"""Every contract of the store holds on SQLite in memory, on SQLite in a file, and on PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from argosy.gateways.store import keys, sql
from argosy.gateways.store.keys import KeyRing
from tests.contract.store.databases import PostgreSQL, running_postgresql

_POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgresql)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    with running_postgresql() as server:
        yield server


def _new_database(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    match kind:
        case "sqlite-memory":
            yield "sqlite://"
        case "sqlite-file":
            yield f"sqlite:///{folder}/store.db"
        case _:
            server: PostgreSQL = request.getfixturevalue("postgresql")
            url = server.create_database()
            yield url
            server.drop_database(url)


@pytest.fixture(params=["sqlite-memory", "sqlite-file", _POSTGRESQL])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Any database, empty."""
    yield from _new_database(request.param, request, tmp_path)


@pytest.fixture(params=["sqlite-file", _POSTGRESQL])
def shared_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that two processes can open, empty."""
    yield from _new_database(request.param, request, tmp_path)


@pytest.fixture
def ring() -> KeyRing:
    return keys.generate()


@pytest.fixture
async def store(database: str, ring: KeyRing) -> AsyncIterator[sql.SqlStore]:
    opened = await sql.open_store(database, ring)
    yield opened
    await opened.close()


@pytest.fixture
async def two_stores(shared_database: str, ring: KeyRing) -> AsyncIterator[tuple[sql.SqlStore, sql.SqlStore]]:
    """The same database, opened by two processes' worth of stores."""
    first = await sql.open_store(shared_database, ring)
    second = await sql.open_store(shared_database, ring)
    yield first, second
    await first.close()
    await second.close()
