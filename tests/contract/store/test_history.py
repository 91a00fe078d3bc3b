"""History: without end, and apart for applications that had the same name one after the other."""

import pytest

from argosy.gateways.store.changes import ForgetApplication
from argosy.gateways.store.errors import Contradiction, NotRecorded
from argosy.gateways.store.sql import SqlStore
from tests.contract.store.samples import GUESTBOOK, SHOP, deployment, new_id


async def test_before_the_first_deployment_the_last_id_is_minus_one(store: SqlStore) -> None:
    assert await store.history.last_id(GUESTBOOK, application_uid="uid-1") == -1


async def test_deployments_come_back_newest_first(store: SqlStore) -> None:
    entries = [deployment(number, new_id()) for number in range(15)]
    await store.commit(*entries, epoch=1)
    latest = await store.history.latest(GUESTBOOK, application_uid="uid-1", limit=12)
    assert [each.id for each in latest] == list(range(14, 2, -1))
    assert [each.entry for each in latest] == [each.entry for each in reversed(entries[3:])]
    assert latest[0].deployed_at == entries[14].deployed_at
    assert latest[0].operation_id == entries[14].operation_id
    assert await store.history.last_id(GUESTBOOK, application_uid="uid-1") == 14


async def test_one_deployment_is_found_by_its_id(store: SqlStore) -> None:
    digest = await store.manifest_sets.keep([], at=deployment(0, "").deployed_at)
    await store.commit(deployment(0, new_id()), deployment(1, new_id(), manifest_set=digest), epoch=1)
    found = await store.history.get(GUESTBOOK, application_uid="uid-1", entry_id=1)
    assert (found.id, found.manifest_set) == (1, digest)
    with pytest.raises(NotRecorded, match="no deployment with id 2"):
        await store.history.get(GUESTBOOK, application_uid="uid-1", entry_id=2)


async def test_an_id_is_given_once(store: SqlStore) -> None:
    await store.commit(deployment(0, new_id()), epoch=1)
    with pytest.raises(Contradiction):
        await store.commit(deployment(0, new_id()), epoch=1)


async def test_a_new_application_of_the_same_name_starts_afresh(store: SqlStore) -> None:
    await store.commit(deployment(0, new_id()), ForgetApplication(GUESTBOOK), epoch=1)
    await store.commit(deployment(0, new_id(), uid="uid-2"), epoch=1)
    assert await store.history.last_id(GUESTBOOK, application_uid="uid-1") == 0
    assert await store.history.last_id(GUESTBOOK, application_uid="uid-2") == 0
    assert await store.history.last_id(SHOP, application_uid="uid-1") == -1
