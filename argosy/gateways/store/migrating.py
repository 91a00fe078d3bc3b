"""Bring the database to the schema of this version, before anything else touches it.

Called once by `sql.open_store`. Two processes that start together take turns: on SQLite by the write lock, on
PostgreSQL by an advisory lock. An empty database is made from `tables` at once, because importing Alembic takes
longer than everything else at start; a test holds the tables and the migrations to the same result.
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, func, inspect, select, text

import argosy
from argosy.gateways.store import engine as engines
from argosy.gateways.store.errors import SchemaTooNew, Unusable
from argosy.gateways.store.tables import metadata

HEAD = "0002"
"""The revision that `tables` is at: the newest script in `migrations/versions`."""

_LOCK = 0x4172676F  # any number that all our processes agree on
_PATIENCE_MILLISECONDS = 120_000


def migrate(engine: Engine) -> None:
    """Bring the database to `HEAD`, in one transaction. Raises `SchemaTooNew`, and `Unusable` if it is not ours."""
    with _alone(engine) as connection:
        found = _revision(connection)
        if found == HEAD:
            return
        if found is None:
            _create(connection)
        else:
            upgrade(connection)


def scripts() -> Path:
    """Return the folder of the migrations: in the wheel inside `argosy`, in a checkout beside it."""
    package = Path(argosy.__file__).parent
    for folder in (package / "migrations", package.parent / "migrations"):
        if (folder / "env.py").is_file():
            return folder
    raise Unusable(f"the migrations are missing beside {package}; install Argosy again")


def upgrade(connection: Connection) -> None:
    """Run the migration scripts that the database has not seen. Raises `SchemaTooNew`."""
    from alembic import command  # noqa: PLC0415  its import takes over a second
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(scripts()).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    found = _revision(connection)
    if found is not None and found not in known:
        raise SchemaTooNew(
            f"the database has schema {found}, this Argosy knows up to {HEAD}: it was used by a newer version; "
            "install that version, or restore the backup made before its first start"
        )
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    """Return the revision of the database, None if it is empty. Raises `Unusable` if the tables are another's."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if tables:
        raise Unusable(
            f"the database holds tables that are not ours ({', '.join(sorted(tables)[:3])}): give an empty one"
        )
    return None


def _create(connection: Connection) -> None:
    """Make all tables, and the note that Alembic looks for."""
    metadata.create_all(connection)
    connection.execute(
        text(
            "CREATE TABLE alembic_version "
            "(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})


@contextmanager
def _alone(engine: Engine) -> Generator[Connection, None, None]:
    """Yield a connection in a transaction that no other process of ours is in at the same time."""
    locked = _LOCKS[engine.dialect.name]
    with engine.execution_options(**{engines.WRITES: True}).connect() as connection, locked(connection):
        yield connection


@contextmanager
def _sqlite_lock(connection: Connection) -> Generator[None, None, None]:
    """Hold the write lock, without the checks that hinder a table's replacement; they are made up for at the end."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute(f"PRAGMA busy_timeout={_PATIENCE_MILLISECONDS}")
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            _check(connection, "quick_check(1)", healthy=[("ok",)])
            yield
            _check(connection, "foreign_key_check", healthy=[])
    finally:
        engines.set_up_sqlite(driver)


def _check(connection: Connection, pragma: str, *, healthy: list[tuple[str, ...]]) -> None:
    found = connection.exec_driver_sql(f"PRAGMA {pragma}").fetchall()
    if [tuple(row) for row in found] != healthy:
        raise Unusable(
            f"the database file is damaged ({pragma}: {found[0][0]}); stop Argosy, then restore the file and its key "
            "file from your backup, or move it away to start afresh without history and audit"
        )


@contextmanager
def _postgresql_lock(connection: Connection) -> Generator[None, None, None]:
    """Hold the advisory lock; a migration may take longer than a statement usually may."""
    with connection.begin():
        for setting in ("lock_timeout", "statement_timeout"):
            connection.execute(select(func.set_config(setting, str(_PATIENCE_MILLISECONDS), True)))
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        yield


_LOCKS = {"sqlite": _sqlite_lock, "postgresql": _postgresql_lock}
