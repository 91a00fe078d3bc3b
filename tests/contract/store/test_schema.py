"""The schema: the tables and the migrations lead to the same, and nobody opens what is not his."""

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from argosy.gateways.store import engine as engines
from argosy.gateways.store import migrating, sql
from argosy.gateways.store.database import Database
from argosy.gateways.store.errors import SchemaTooNew, Unusable
from argosy.gateways.store.keys import KeyRing
from argosy.gateways.store.tables import metadata
from tests.contract.store.samples import NOON, config_map

QUESTIONS = {
    "sqlite": ("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'",),
    "postgresql": (
        """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'""",
        """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    ),
}


def describe(connection: Connection) -> list[Any]:
    """Return the database's own words for its tables, columns, constraints and indices, in one order."""
    questions = QUESTIONS[connection.dialect.name]
    rows = [row for question in questions for row in connection.execute(text(question))]
    return sorted(tuple("".join(str(cell).split()) for cell in row) for row in rows)


async def on(url: str, work: Any) -> Any:
    database = Database(engines.parse(url))
    try:
        return await database.write(work)
    finally:
        await database.close()


async def test_the_migrations_make_the_same_schema_as_the_tables(
    shared_database: str, ring: KeyRing, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if shared_database.startswith("sqlite"):
        other = f"sqlite:///{tmp_path}/other.db"
    else:
        other = request.getfixturevalue("postgresql").create_database()
    await on(shared_database, migrating.upgrade)
    by_scripts = await on(shared_database, describe)
    await (await sql.open_store(other, ring)).close()
    assert by_scripts == await on(other, describe)
    assert len(by_scripts) > 13


async def test_alembic_sees_nothing_to_migrate(shared_database: str) -> None:
    await on(shared_database, migrating.upgrade)

    def compare(connection: Connection) -> Any:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    assert await on(shared_database, compare) == []


def test_the_newest_script_is_the_head_of_the_code() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrating.scripts()))
    assert ScriptDirectory.from_config(config).get_heads() == [migrating.HEAD]


async def test_a_database_made_by_the_scripts_is_taken_as_it_is(shared_database: str, ring: KeyRing) -> None:
    await on(shared_database, migrating.upgrade)
    store = await sql.open_store(shared_database, ring)
    assert await store.newest_epoch() == -1
    await store.close()


async def test_what_was_written_is_there_after_a_restart(shared_database: str, ring: KeyRing) -> None:
    store = await sql.open_store(shared_database, ring)
    digest = await store.manifest_sets.keep([config_map("a")], at=NOON)
    await store.close()
    again = await sql.open_store(shared_database, ring)
    assert await again.manifest_sets.get(digest) == [config_map("a")]
    await again.close()


async def test_processes_that_start_together_do_not_race(shared_database: str, ring: KeyRing) -> None:
    stores = await asyncio.gather(*(sql.open_store(shared_database, ring) for _ in range(5)))
    for number, store in enumerate(stores):
        await store.fence(number)
    await asyncio.gather(*(store.close() for store in stores))


async def test_the_schema_of_a_newer_version_is_refused_and_left_alone(shared_database: str, ring: KeyRing) -> None:
    await (await sql.open_store(shared_database, ring)).close()
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    await on(shared_database, lambda connection: connection.execute(newer) and None)
    before = await on(shared_database, describe)
    with pytest.raises(SchemaTooNew, match="9999"):
        await sql.open_store(shared_database, ring)
    assert await on(shared_database, describe) == before


async def test_somebody_elses_database_is_refused_and_left_alone(shared_database: str, ring: KeyRing) -> None:
    theirs = text("CREATE TABLE customers (id INTEGER)")
    await on(shared_database, lambda connection: connection.execute(theirs) and None)
    with pytest.raises(Unusable, match="customers"):
        await sql.open_store(shared_database, ring)
    assert len(await on(shared_database, describe)) == 1


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://root:pw-canary@db/argosy", "'mysql' is not supported"),
        ("pw-canary", "malformed"),
        ("postgresql://u:pw-canary@host:port/x", "malformed"),
    ],
)
async def test_a_url_that_cannot_be_used_is_refused_without_being_shown(url: str, says: str, ring: KeyRing) -> None:
    with pytest.raises(Unusable, match=says) as refused:
        await sql.open_store(url, ring)
    assert "pw-canary" not in str(refused.value)


async def test_the_file_is_for_its_owner_alone(tmp_path: Path, ring: KeyRing) -> None:
    store = await sql.open_store(f"sqlite:///{tmp_path}/state/store.db", ring)
    files = list((tmp_path / "state").iterdir())
    assert {path.name for path in files} == {"store.db", "store.db-wal", "store.db-shm"}
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    await store.close()


async def test_sqlite_has_the_settings_that_we_rely_on(tmp_path: Path, ring: KeyRing) -> None:
    store = await sql.open_store(f"sqlite:///{tmp_path}/store.db", ring)

    def pragmas(connection: Connection) -> dict[str, Any]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete")
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    wanted = {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 5000, "secure_delete": 1}
    assert await store._database.read(pragmas) == wanted
    assert await store._database.write(pragmas) == wanted
    await store.close()


async def test_a_damaged_file_is_refused_with_the_way_out(tmp_path: Path, ring: KeyRing) -> None:
    path = tmp_path / "store.db"
    await (await sql.open_store(f"sqlite:///{path}", ring)).close()
    content = bytearray(path.read_bytes())
    content[4096 : 3 * 4096] = b"\xff" * (2 * 4096)
    path.write_bytes(content)
    with pytest.raises(Unusable, match="restore"):
        await sql.open_store(f"sqlite:///{path}", ring)


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, ring: KeyRing) -> None:
    path = tmp_path / "store.db"
    path.write_text("a shopping list" * 1000)
    with pytest.raises(Unusable, match="restore"):
        await sql.open_store(f"sqlite:///{path}", ring)
    assert path.read_text() == "a shopping list" * 1000


def test_a_first_start_does_not_wait_for_alembic(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys\n"
        "from argosy.gateways.store import keys, sql\n"
        "async def main():\n"
        f"    await (await sql.open_store('sqlite:///{tmp_path}/store.db', keys.generate())).close()\n"
        "asyncio.run(main())\n"
        "sys.exit('alembic' in sys.modules)\n"
    )
    finished = subprocess.run([sys.executable, "-W", "error", "-c", program], check=False, capture_output=True)
    assert finished.returncode == 0, finished.stderr
    with sqlite3.connect(tmp_path / "store.db") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (migrating.HEAD,)
    connection.close()
