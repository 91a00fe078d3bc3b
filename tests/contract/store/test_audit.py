"""Audit: every row stays where and as it was written, or `verify` says which does not."""

import asyncio
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, select, update

from argosy.gateways.store.records import AuditRecord, Broken, Intact
from argosy.gateways.store.sql import SqlStore
from argosy.gateways.store.tables import audit, audit_head
from tests.contract.store.samples import NOON, audit_row, later, new_id, opening


async def test_an_empty_audit_is_intact(store: SqlStore) -> None:
    assert await store.audit.verify() == Intact(0)


async def test_rows_come_back_newest_first_and_in_pages(store: SqlStore) -> None:
    for number in range(5):
        await store.note(audit_row(at=later(number), parameters={"number": number, "text": "\0"}))
    first = await store.audit.latest(limit=2)
    rest = await store.audit.latest(limit=9, before=first[-1].sequence)
    assert [each.sequence for each in (*first, *rest)] == [5, 4, 3, 2, 1]
    assert first[0] == AuditRecord(
        sequence=5,
        at=later(4),
        actor="admin",
        verb="sync",
        target="applications/argocd/guestbook",
        outcome="intended",
        request_id="r-1",
        parameters={"number": 4, "text": "\0"},
        digest=first[0].digest,
    )
    assert await store.audit.verify() == Intact(5)


async def test_the_row_of_a_change_is_written_with_it(store: SqlStore) -> None:
    await store.commit(opening(new_id()), audit_row(), audit_row(outcome="succeeded"), epoch=1)
    assert [each.outcome for each in await store.audit.latest(limit=9)] == ["succeeded", "intended"]


async def test_odd_text_and_other_time_zones_do_not_break_the_chain(store: SqlStore) -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    odd = audit_row(actor="a\0b", target="\ud800", at=NOON.replace(microsecond=1).astimezone(east))
    await store.note(odd, audit_row())
    assert await store.audit.verify() == Intact(2)


async def test_many_writers_leave_no_gap(two_stores: tuple[SqlStore, SqlStore]) -> None:
    await asyncio.gather(*(two_stores[number % 2].note(audit_row(), audit_row()) for number in range(30)))
    assert await two_stores[0].audit.verify() == Intact(60)


async def test_more_rows_than_one_page_of_the_check(store: SqlStore) -> None:
    await store.note(*(audit_row(request_id=str(number)) for number in range(1001)))
    assert await store.audit.verify() == Intact(1001)
    await tamper(store, lambda connection: connection.execute(delete(audit).where(audit.c.sequence == 1000)))
    assert await store.audit.verify() == Broken(1000, "the row is missing")


CHANGED: dict[str, Any] = {
    "at": later(7),
    "actor": "nobody",
    "verb": "get",
    "target": "other",
    "outcome": "failed",
    "request_id": "r-2",
    "parameters": "{}",
    "digest": "f" * 64,
}


def test_every_column_is_tampered_with() -> None:
    assert set(CHANGED) | {"sequence"} == set(audit.c.keys())


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(column=st.sampled_from(sorted(CHANGED)), sequence=st.integers(1, 6))
async def test_a_changed_row_is_found(store: SqlStore, column: str, sequence: int) -> None:
    await fill(store)
    wrong = update(audit).where(audit.c.sequence == sequence).values({column: CHANGED[column]})
    await tamper(store, lambda connection: connection.execute(wrong))
    verdict = await store.audit.verify()
    assert isinstance(verdict, Broken)
    assert verdict.sequence == sequence


@pytest.mark.parametrize("sequence", range(1, 7))
async def test_a_removed_row_is_found(store: SqlStore, sequence: int) -> None:
    await fill(store)
    await tamper(store, lambda connection: connection.execute(delete(audit).where(audit.c.sequence == sequence)))
    verdict = await store.audit.verify()
    assert isinstance(verdict, Broken)
    assert verdict.sequence == sequence


async def test_a_moved_row_is_found(store: SqlStore) -> None:
    await fill(store)

    def swap(connection: Connection) -> None:
        for old, new in ((3, 99), (4, 3), (99, 4)):
            connection.execute(update(audit).where(audit.c.sequence == old).values(sequence=new))

    await tamper(store, swap)
    verdict = await store.audit.verify()
    assert isinstance(verdict, Broken)
    assert verdict.sequence == 3


async def test_a_row_added_by_somebody_else_is_found(store: SqlStore) -> None:
    await fill(store)

    def forge(connection: Connection) -> None:
        row = dict(connection.execute(select(audit).where(audit.c.sequence == 6)).mappings().one())
        connection.execute(audit.insert().values({**row, "sequence": 7}))
        connection.execute(update(audit_head).values(sequence=7, digest=row["digest"]))

    await tamper(store, forge)
    verdict = await store.audit.verify()
    assert isinstance(verdict, Broken)
    assert verdict.sequence == 7


async def fill(store: SqlStore) -> None:
    """Write the audit afresh: six rows that differ from each other."""
    await tamper(store, lambda connection: (connection.execute(delete(audit)), connection.execute(delete(audit_head))))
    await store.note(*(audit_row(request_id=f"request {number}") for number in range(6)))
    assert await store.audit.verify() == Intact(6)


async def tamper(store: SqlStore, work: Any) -> None:
    await store._database.write(work)
