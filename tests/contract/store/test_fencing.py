"""The lease's epoch: who has lost the lease writes nothing more."""

import asyncio

import pytest

from argosy.gateways.store.errors import StaleEpoch
from argosy.gateways.store.sql import SqlStore
from tests.contract.store.samples import GUESTBOOK, audit_row, closing, new_id, opening


async def test_nobody_has_written_yet(store: SqlStore) -> None:
    assert await store.newest_epoch() == -1


async def test_an_older_epoch_writes_nothing(store: SqlStore) -> None:
    operation_id = new_id()
    await store.commit(opening(operation_id), epoch=4)
    await store.fence(5)
    with pytest.raises(StaleEpoch) as refused:
        await store.commit(closing(operation_id), epoch=4)
    assert (refused.value.given, refused.value.newest) == (4, 5)
    running = await store.operations.running(GUESTBOOK)
    assert running is not None
    assert running.epoch == 4


async def test_an_older_epoch_cannot_fence(store: SqlStore) -> None:
    await store.fence(5)
    await store.fence(5)
    with pytest.raises(StaleEpoch):
        await store.fence(4)
    assert await store.newest_epoch() == 5


async def test_notes_need_no_epoch(store: SqlStore) -> None:
    await store.fence(5)
    await store.note(audit_row())
    assert len(await store.audit.latest(limit=10)) == 1


async def test_after_a_newer_epoch_no_older_one_commits(two_stores: tuple[SqlStore, SqlStore]) -> None:
    old, new = two_stores
    written = [old.commit(opening(new_id(), GUESTBOOK._replace(instance=f"a{n}")), epoch=1) for n in range(20)]
    race = asyncio.gather(*written, return_exceptions=True)
    await new.fence(2)
    seen = {each.application.instance for each in await new.operations.all_running()}
    results = await race
    committed = {f"a{number}" for number, result in enumerate(results) if result is None}
    assert all(isinstance(result, StaleEpoch) for result in results if result is not None)
    assert committed == seen
