"""Revoked tokens, and sign-ins that failed."""

import asyncio
from datetime import timedelta

from sqlalchemy import func, select

from argosy.gateways.store.changes import ForgetExpired, ForgetFailedSignIns, RecordFailedSignIn, RevokeToken
from argosy.gateways.store.sql import SqlStore
from argosy.gateways.store.tables import failed_sign_ins, revoked_tokens
from tests.contract.store.samples import NOON, later

WINDOW = timedelta(minutes=5)


async def test_a_revoked_token_stays_revoked(store: SqlStore) -> None:
    await store.note(RevokeToken("t-1", later(60)))
    await store.note(RevokeToken("t-1", later(60)))
    assert await store.sign_ins.is_revoked("t-1")
    assert not await store.sign_ins.is_revoked("t-2")


async def test_failures_in_a_row_are_counted_per_user(store: SqlStore) -> None:
    for minute in range(3):
        await store.note(RecordFailedSignIn("admin", later(minute), WINDOW))
    await store.note(RecordFailedSignIn("alice", NOON, WINDOW))
    assert await store.sign_ins.failures("admin", since=NOON) == 3
    assert await store.sign_ins.failures("alice", since=NOON) == 1
    assert await store.sign_ins.failures("bob", since=NOON) == 0


async def test_a_failure_after_the_window_counts_from_one(store: SqlStore) -> None:
    for minute in (0, 1, 7):
        await store.note(RecordFailedSignIn("admin", later(minute), WINDOW))
    assert await store.sign_ins.failures("admin", since=NOON) == 1


async def test_old_failures_do_not_count(store: SqlStore) -> None:
    await store.note(RecordFailedSignIn("admin", NOON, WINDOW))
    assert await store.sign_ins.failures("admin", since=later(1)) == 0


async def test_signing_in_starts_the_count_again(store: SqlStore) -> None:
    await store.note(RecordFailedSignIn("admin", NOON, WINDOW), ForgetFailedSignIns("admin"))
    assert await store.sign_ins.failures("admin", since=NOON) == 0


async def test_no_failure_is_lost_between_processes(two_stores: tuple[SqlStore, SqlStore]) -> None:
    attempts = (two_stores[number % 2].note(RecordFailedSignIn("admin", NOON, WINDOW)) for number in range(20))
    await asyncio.gather(*attempts)
    assert await two_stores[0].sign_ins.failures("admin", since=NOON) == 20


async def test_what_has_expired_is_removed_and_the_rest_stays(store: SqlStore) -> None:
    await store.note(RevokeToken("old", NOON), RevokeToken("new", later(60)))
    await store.note(RecordFailedSignIn("old", NOON, WINDOW), RecordFailedSignIn("new", later(8), WINDOW))
    await store.note(ForgetExpired(later(10), WINDOW))
    assert await store.sign_ins.is_revoked("new")
    assert await store.sign_ins.failures("new", since=NOON) == 1
    for table in (revoked_tokens, failed_sign_ins):
        rows = select(func.count()).select_from(table)
        assert await store._database.read(lambda connection, rows=rows: connection.scalar(rows)) == 1


async def test_a_password_typed_as_a_user_name_is_not_stored(store: SqlStore) -> None:
    await store.note(RecordFailedSignIn("hunter2-canary", NOON, WINDOW))
    stored = await store._database.read(lambda connection: connection.execute(select(failed_sign_ins)).fetchall())
    assert len(stored) == 1
    assert "hunter2-canary" not in str(stored)
