"""Faults of the database: what the caller is told, and that nothing is half-written."""

import asyncio
import sqlite3
import sys
from pathlib import Path

import psycopg
import psycopg.errors
import pytest
from sqlalchemy import Connection, event, exc, text

from argosy.gateways.store import errors, sql, translation
from argosy.gateways.store.errors import Contradiction, StoreError, Unavailable, Unusable
from argosy.gateways.store.keys import KeyRing
from argosy.gateways.store.records import Intact
from argosy.gateways.store.sql import SqlStore
from argosy.gateways.store.translation import POSTGRESQL, SQLITE, meaning_of, translate
from tests.contract.store.databases import PostgreSQL
from tests.contract.store.samples import GUESTBOOK, audit_row, deployment


def test_every_result_code_of_sqlite_has_a_meaning() -> None:
    assert set(SQLITE) == set(range(1, 27))  # the primary codes that are errors: https://www.sqlite.org/rescode.html


def test_every_sqlstate_of_postgresql_has_a_meaning() -> None:
    classes = {
        error.sqlstate[:2]
        for error in vars(psycopg.errors).values()
        if isinstance(error, type) and issubclass(error, psycopg.Error) and getattr(error, "sqlstate", None)
    }
    assert len(classes) > 30
    assert classes == set(POSTGRESQL)


def test_every_meaning_has_an_error_and_keeps_the_reason() -> None:
    kinds: dict[str, type[StoreError]] = {
        "again": Unavailable,
        "later": Unavailable,
        "person": Unusable,
        "caller": Contradiction,
    }
    for code, meaning in SQLITE.items():
        cause = sqlite3.OperationalError("the reason")
        cause.sqlite_errorcode = code | 3 << 8  # an extended code
        wrapped = exc.OperationalError("SELECT secret", {"x": "parameter"}, cause)
        translated = translate(wrapped, database="db")
        assert type(translated) is kinds[meaning]
        assert "the reason" in str(translated)
        assert "secret" not in str(translated)
        assert "parameter" not in str(translated)


def test_waiting_in_vain_for_a_connection_is_no_defect() -> None:
    assert isinstance(translate(exc.TimeoutError("QueuePool limit"), database="db"), Unavailable)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (psycopg.errors.SerializationFailure, "again"),
        (psycopg.errors.DeadlockDetected, "again"),
        (psycopg.errors.AdminShutdown, "later"),
        (psycopg.errors.LockNotAvailable, "later"),
        (psycopg.errors.QueryCanceled, "later"),
        (psycopg.errors.TooManyConnections, "later"),
        (psycopg.errors.ReadOnlySqlTransaction, "later"),
        (psycopg.errors.UniqueViolation, "caller"),
        (psycopg.errors.DiskFull, "person"),
        (psycopg.errors.UndefinedTable, "person"),
        (psycopg.errors.InvalidPassword, "person"),
        (psycopg.errors.DataCorrupted, "person"),
        (psycopg.OperationalError, "later"),
    ],
)
def test_what_postgresql_says_is_understood(error: type[psycopg.Error], kind: str) -> None:
    assert meaning_of(exc.DBAPIError("S", {}, error("x"))) == kind


async def test_a_contradiction_shows_neither_statement_nor_values(store: SqlStore) -> None:
    await store.commit(deployment(0, "first", uid="uid-canary"), epoch=1)
    with pytest.raises(Contradiction) as refused:
        await store.commit(deployment(0, "second-canary", uid="uid-canary"), epoch=1)
    assert "canary" not in str(refused.value)
    assert "INSERT" not in str(refused.value)
    assert isinstance(refused.value.__cause__, exc.IntegrityError)
    assert "second-canary" not in str(refused.value.__cause__)


async def test_a_transaction_that_the_database_aborts_is_run_again_as_a_whole(store: SqlStore) -> None:
    runs: list[int] = []

    def work(connection: Connection) -> str:
        runs.append(1)
        connection.execute(text("INSERT INTO fence (id, epoch) VALUES (1, 7)"))
        if len(runs) < 3:
            raise exc.OperationalError("S", {}, psycopg.errors.SerializationFailure("aborted"))
        return "done"

    assert await store._database.write(work) == "done"
    assert len(runs) == 3
    assert await store.newest_epoch() == 7


async def test_what_is_aborted_again_and_again_is_given_back_to_the_caller(store: SqlStore) -> None:
    runs: list[int] = []

    def work(_: Connection) -> None:
        runs.append(1)
        raise exc.OperationalError("S", {}, psycopg.errors.DeadlockDetected("aborted"))

    with pytest.raises(Unavailable) as refused:
        await store._database.write(work)
    assert len(runs) == 5
    assert refused.value.after == translation.AFTER


async def test_a_file_locked_by_another_is_busy_and_later_works_again(tmp_path: Path, ring: KeyRing) -> None:
    store = await sql.open_store(f"sqlite:///{tmp_path}/store.db", ring)
    impatient = "PRAGMA busy_timeout=20"
    event.listen(store._database.engine, "checkout", lambda connection, *_: connection.execute(impatient).close())
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert await store.newest_epoch() == -1  # reading goes on
    with pytest.raises(Unavailable, match="locked"):
        await store.fence(1)
    other.execute("ROLLBACK")
    other.close()
    await store.fence(1)
    await store.close()


async def test_a_file_on_a_full_disk_loses_nothing_that_was_accepted(tmp_path: Path, ring: KeyRing) -> None:
    store = await sql.open_store(f"sqlite:///{tmp_path}/store.db", ring)
    await store.fence(1)

    def fill(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    await store._database.write(fill)
    large = [audit_row(parameters={"x": "y" * 2000})] * 200
    with pytest.raises(Unusable, match=r"full.*check free space"):
        await store.note(*large)
    await store._database.write(lambda c: c.exec_driver_sql("PRAGMA max_page_count=1000000") and None)
    await store.note(audit_row())
    assert await store.audit.verify() == Intact(1)
    await store.close()


WRITER = """
import asyncio, sys
from argosy.gateways.store import keys, sql
from tests.contract.store.samples import audit_row, closing, new_id, opening

async def main():
    store = await sql.open_store(sys.argv[1], keys.KeyRing(naming=bytes(32), sealing=(bytes(32),)))
    while True:
        operation_id = new_id()
        await store.commit(opening(operation_id), audit_row(), epoch=1)
        await store.commit(closing(operation_id), audit_row(), epoch=1)
        print(operation_id, flush=True)

asyncio.run(main())
"""


async def test_a_killed_process_loses_nothing_that_was_accepted(shared_database: str) -> None:
    command = (sys.executable, "-c", WRITER, shared_database)
    here = Path(__file__).parents[3]
    writer = await asyncio.create_subprocess_exec(*command, cwd=here, stdout=asyncio.subprocess.PIPE)
    assert writer.stdout is not None
    accepted = [(await writer.stdout.readline()).decode().strip() for _ in range(25)]
    writer.kill()
    accepted += (await writer.stdout.read()).decode().split()
    await writer.wait()

    store = await sql.open_store(shared_database, KeyRing(naming=bytes(32), sealing=(bytes(32),)))
    await store.fence(2)  # what the server still holds of the dead one ends here
    for operation_id in accepted:
        assert (await store.operations.get(operation_id)).ending is not None
    written = await store.operations.latest(GUESTBOOK, limit=10_000)
    ended = sum(1 for each in written if each.ending)
    assert await store.audit.verify() == Intact(len(written) + ended)
    await store.close()


@pytest.mark.postgresql
async def test_connections_that_the_server_cuts_are_replaced(postgresql: PostgreSQL, ring: KeyRing) -> None:
    url = postgresql.create_database()
    store = await sql.open_store(url, ring)
    await store.note(audit_row())
    with psycopg.connect(postgresql.url(), autocommit=True) as connection:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'argosy'"
        assert connection.execute(cut).fetchall()
    await store.note(audit_row())
    assert len(await store.audit.latest(limit=9)) == 2
    await store.close()


@pytest.mark.postgresql
async def test_a_connection_cut_in_the_middle_writes_nothing(postgresql: PostgreSQL, ring: KeyRing) -> None:
    url = postgresql.create_database()
    store = await sql.open_store(url, ring)

    def work(connection: Connection) -> None:
        connection.execute(text("INSERT INTO fence (id, epoch) VALUES (1, 7)"))
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
        with psycopg.connect(postgresql.url(), autocommit=True) as killer:
            killer.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        connection.execute(text("UPDATE fence SET epoch = 8"))

    with pytest.raises(Unavailable):
        await store._database.write(work)
    assert await store.newest_epoch() == -1
    await store.close()


@pytest.mark.postgresql
async def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path, ring: KeyRing) -> None:
    with pytest.raises(Unavailable, match="cannot answer") as refused:
        await sql.open_store(f"postgresql://u:pw-canary@/x?host={tmp_path}", ring)
    assert "pw-canary" not in str(refused.value)


async def test_a_cancelled_caller_leaves_the_store_usable(store: SqlStore) -> None:
    waiting = [asyncio.ensure_future(store.note(audit_row())) for _ in range(20)]
    await asyncio.sleep(0)
    for each in waiting[5:]:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    await store.note(audit_row())
    rows = len(await store.audit.latest(limit=99))
    assert rows >= 6
    assert await store.audit.verify() == Intact(rows)


def test_every_error_tells_what_happens_next() -> None:
    kinds = {each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)}
    assert all(issubclass(each, StoreError) for each in kinds)
