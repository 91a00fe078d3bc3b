"""Open the database: which driver, which settings, on SQLite and on PostgreSQL.

Given a URL, returns SQLAlchemy's engine. Called by `sql.open_store` and by the migration tests.
"""

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import StaticPool

from argosy.gateways.store.errors import Unusable

WRITES = "argosy_writes"
"""The execution option of a connection that is going to write."""

_BUSY_MILLISECONDS = 5_000
_POSTGRESQL_OPTIONS = (
    "-c timezone=UTC -c statement_timeout=30000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000"
)


def parse(url: str) -> URL:
    """Return the URL with the driver that we use. Raises `Unusable` without repeating it, for it may hold a password.

    `sqlite://` is a database in memory, `sqlite:////var/lib/argosy.db` a file, `postgresql://...` a server.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise Unusable("the database URL is malformed; write sqlite:///FILE or postgresql://USER@HOST/NAME") from None
    match parsed.drivername:
        case "sqlite":
            return parsed
        case "postgresql" | "postgres" | "postgresql+psycopg":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise Unusable(f"database {other!r} is not supported; write sqlite:///FILE or postgresql://USER@HOST/NAME")


def open_engine(url: URL, *, connections: int) -> Engine:
    """Return an engine for a URL of `parse`, with at most so many connections; connects when first used.

    The texts of its errors hold no parameters, for those are names and tokens.
    """
    if url.drivername == "sqlite":
        return _sqlite(url, connections=connections)
    try:
        return create_engine(
            url,
            hide_parameters=True,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=10,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 5, "options": _POSTGRESQL_OPTIONS, "application_name": "argosy"},
        )
    except ImportError as error:
        raise Unusable("PostgreSQL needs the driver psycopg; install argosy[postgresql]") from error


def in_memory(url: URL) -> bool:
    """Return whether the database lives in this process alone."""
    return url.drivername == "sqlite" and url.database in (None, "", ":memory:")


def _sqlite(url: URL, *, connections: int) -> Engine:
    if in_memory(url):
        engine = create_engine(
            url, hide_parameters=True, poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
    else:
        _create_private(Path(str(url.database)))
        engine = create_engine(url, hide_parameters=True, pool_size=connections, max_overflow=0)
    event.listen(engine, "connect", _connected)
    event.listen(engine, "begin", _begin)
    return engine


def _create_private(path: Path) -> None:
    """Make an empty file that only its owner may read; SQLite gives its side files the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise Unusable(f"database file {path} cannot be opened: {error.strerror}; check its folder and mode") from error


def _connected(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, see `_begin`
    set_up_sqlite(connection)


def set_up_sqlite(connection: sqlite3.Connection) -> None:
    """Give a connection of the driver the settings that we rely on."""
    for pragma in (
        f"busy_timeout={_BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    """Begin; a writer takes its lock at once, since one that upgrades later cannot wait for another."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
