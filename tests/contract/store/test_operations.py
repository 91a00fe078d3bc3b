"""Operations, attempts and steps: one open per application, each ends once."""

import asyncio

import pytest

from argosy.gateways.store.changes import EndAttempt, RecordStep
from argosy.gateways.store.errors import AlreadyEnded, AlreadyRunning, Contradiction, NotRecorded
from argosy.gateways.store.records import AttemptRecord, Ending, OperationRecord, StepRecord
from argosy.gateways.store.sql import SqlStore
from tests.contract.store.samples import (
    GUESTBOOK,
    KEYS,
    NOON,
    SHOP,
    attempt,
    audit_row,
    closing,
    later,
    new_id,
    opening,
    step,
)


async def test_an_opened_operation_is_the_running_one(store: SqlStore) -> None:
    operation_id = new_id()
    await store.commit(opening(operation_id), epoch=3)
    expected = OperationRecord(
        id=operation_id,
        application=GUESTBOOK,
        application_uid="uid-1",
        requested_by="admin",
        automated=False,
        request={"sync": {"revision": "main", "prune": True}},
        started_at=NOON,
        epoch=3,
        ending=None,
    )
    assert await store.operations.running(GUESTBOOK) == expected
    assert await store.operations.get(operation_id) == expected
    assert await store.operations.running(SHOP) is None


async def test_a_second_operation_of_an_application_is_refused_until_the_first_ends(store: SqlStore) -> None:
    first, second = new_id(), new_id()
    await store.commit(opening(first), epoch=1)
    with pytest.raises(AlreadyRunning) as refused:
        await store.commit(opening(second), epoch=1)
    assert refused.value.operation_id == first
    await store.commit(closing(first), opening(second), epoch=1)
    running = await store.operations.running(GUESTBOOK)
    assert running is not None
    assert running.id == second


async def test_operations_of_different_applications_run_side_by_side(store: SqlStore) -> None:
    first, second = new_id(), new_id()
    await store.commit(opening(second, SHOP, started_at=later()), epoch=1)
    await store.commit(opening(first), epoch=1)
    assert [each.id for each in await store.operations.all_running()] == [first, second]


async def test_opening_the_same_operation_again_changes_nothing(store: SqlStore) -> None:
    operation_id = new_id()
    await store.commit(opening(operation_id), epoch=1)
    await store.commit(opening(operation_id, requested_by="somebody else"), epoch=1)
    assert (await store.operations.get(operation_id)).requested_by == "admin"


async def test_an_ended_operation_is_not_opened_again(store: SqlStore) -> None:
    operation_id = new_id()
    await store.commit(opening(operation_id), closing(operation_id, "Failed"), epoch=1)
    with pytest.raises(AlreadyEnded) as refused:
        await store.commit(opening(operation_id), epoch=1)
    assert refused.value.outcome == "Failed"


async def test_only_the_first_ending_counts(store: SqlStore) -> None:
    operation_id = new_id()
    await store.commit(opening(operation_id), closing(operation_id, "Failed", "no"), epoch=1)
    with pytest.raises(AlreadyEnded) as refused:
        await store.commit(closing(operation_id, "Succeeded", "yes"), epoch=2)
    assert refused.value.outcome == "Failed"
    assert (await store.operations.get(operation_id)).ending == Ending("Failed", "no", later(5))


async def test_of_many_who_end_an_operation_at_once_one_wins(two_stores: tuple[SqlStore, SqlStore]) -> None:
    for _ in range(5):
        operation_id = new_id()
        await two_stores[0].commit(opening(operation_id), attempt(operation_id), epoch=1)
        endings = [
            two_stores[number % 2].commit(closing(operation_id, message=str(number)), audit_row(), epoch=1)
            for number in range(8)
        ]
        results = await asyncio.gather(*endings, return_exceptions=True)
        winners = [number for number, result in enumerate(results) if result is None]
        assert len(winners) == 1
        assert all(isinstance(result, AlreadyEnded) for result in results if result is not None)
        ending = (await two_stores[1].operations.get(operation_id)).ending
        assert ending is not None
        assert ending.message == str(winners[0])
    assert len(await two_stores[0].audit.latest(limit=100)) == 5


async def test_of_many_who_open_an_operation_at_once_one_wins(two_stores: tuple[SqlStore, SqlStore]) -> None:
    openings = [two_stores[number % 2].commit(opening(new_id()), epoch=1) for number in range(8)]
    results = await asyncio.gather(*openings, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyRunning"] * 7 + ["NoneType"]


async def test_latest_operations_come_newest_first(store: SqlStore) -> None:
    ids = [new_id() for _ in range(4)]
    for minute, operation_id in enumerate(ids):
        await store.commit(opening(operation_id, started_at=later(minute)), closing(operation_id), epoch=1)
    assert [each.id for each in await store.operations.latest(GUESTBOOK, limit=3)] == ids[:0:-1]


async def test_an_attempt_begins_with_its_plan_and_pending_steps(store: SqlStore) -> None:
    operation_id = new_id()
    await store.commit(opening(operation_id), attempt(operation_id), epoch=1)
    assert await store.operations.attempts(operation_id) == [
        AttemptRecord(operation_id, 0, {"waves": [[0], [1], [2]]}, "", NOON, None)
    ]
    steps = await store.operations.steps(operation_id, attempt=0)
    assert [each.key for each in steps] == list(KEYS)
    assert steps[2] == StepRecord(
        step=step(operation_id, 2),
        phase="Sync",
        wave=1,
        key=KEYS[2],
        action="apply",
        state="pending",
        message="",
        tries=0,
        hook="migrate-x",
        uid="",
        changed_at=None,
    )


async def test_a_step_goes_from_pending_over_running_to_an_end(store: SqlStore) -> None:
    operation_id = new_id()
    job = step(operation_id, 2)
    await store.commit(opening(operation_id), attempt(operation_id), epoch=1)
    await store.commit(RecordStep(job, "running", later(1), hook="migrate-7"), epoch=1)
    await store.commit(RecordStep(job, "running", later(2), "created", uid="u-7"), epoch=1)
    await store.commit(RecordStep(job, "succeeded", later(3), "completed"), epoch=1)
    done = (await store.operations.steps(operation_id, attempt=0))[2]
    assert (done.state, done.message, done.tries, done.changed_at) == ("succeeded", "completed", 2, later(3))
    assert (done.hook, done.uid) == ("migrate-7", "u-7")


async def test_saying_the_same_of_a_step_again_changes_nothing(store: SqlStore) -> None:
    operation_id = new_id()
    await store.commit(opening(operation_id), attempt(operation_id), epoch=1)
    await store.commit(RecordStep(step(operation_id), "failed", later(1), "refused"), epoch=1)
    before = await store.operations.steps(operation_id, attempt=0)
    await store.commit(RecordStep(step(operation_id), "failed", later(2), "refused"), epoch=1)
    assert await store.operations.steps(operation_id, attempt=0) == before


@pytest.mark.parametrize("state", ["running", "succeeded", "pending"])
async def test_a_step_does_not_leave_its_final_state(store: SqlStore, state: str) -> None:
    operation_id = new_id()
    await store.commit(opening(operation_id), attempt(operation_id), epoch=1)
    await store.commit(RecordStep(step(operation_id), "failed", later(1), "refused"), epoch=1)
    with pytest.raises(AlreadyEnded, match="failed"):
        await store.commit(RecordStep(step(operation_id), state, later(2)), epoch=1)  # type: ignore[arg-type]
    assert (await store.operations.steps(operation_id, attempt=0))[0].state == "failed"


async def test_a_step_of_an_ended_operation_stays_as_it_is(store: SqlStore) -> None:
    operation_id = new_id()
    await store.commit(opening(operation_id), attempt(operation_id), closing(operation_id, "Error"), epoch=1)
    with pytest.raises(AlreadyEnded, match=operation_id):
        await store.commit(RecordStep(step(operation_id), "running", later(9)), epoch=1)
    assert (await store.operations.steps(operation_id, attempt=0))[0].state == "pending"


async def test_attempts_follow_each_other_and_the_last_ends_with_its_operation(store: SqlStore) -> None:
    operation_id = new_id()
    await store.commit(opening(operation_id), attempt(operation_id), epoch=1)
    await store.commit(EndAttempt(operation_id, 0, "Failed", "one refused", later(1)), epoch=1)
    await store.commit(attempt(operation_id, 1), epoch=1)
    await store.commit(closing(operation_id), epoch=1)
    endings = [each.ending for each in await store.operations.attempts(operation_id)]
    assert endings == [
        Ending("Failed", "one refused", later(1)),
        Ending("Succeeded", "successfully synced", later(5)),
    ]


async def test_an_attempt_ends_once(store: SqlStore) -> None:
    operation_id = new_id()
    await store.commit(opening(operation_id), attempt(operation_id), epoch=1)
    await store.commit(EndAttempt(operation_id, 0, "Failed", "", later(1)), epoch=1)
    with pytest.raises(AlreadyEnded, match="attempt 0"):
        await store.commit(EndAttempt(operation_id, 0, "Succeeded", "", later(2)), epoch=1)


async def test_an_ended_operation_takes_no_attempt(store: SqlStore) -> None:
    operation_id = new_id()
    await store.commit(opening(operation_id), closing(operation_id), epoch=1)
    with pytest.raises(AlreadyEnded):
        await store.commit(attempt(operation_id), epoch=1)


async def test_the_same_attempt_does_not_begin_twice(store: SqlStore) -> None:
    operation_id = new_id()
    await store.commit(opening(operation_id), attempt(operation_id), epoch=1)
    with pytest.raises(Contradiction):
        await store.commit(attempt(operation_id), epoch=1)


@pytest.mark.parametrize(
    "change",
    [
        closing("0" * 32),
        attempt("0" * 32),
        EndAttempt("0" * 32, 0, "Failed", "", NOON),
        RecordStep(step("0" * 32), "running", NOON),
    ],
    ids=lambda change: type(change).__name__,
)
async def test_what_was_never_opened_is_not_recorded(store: SqlStore, change: object) -> None:
    with pytest.raises(NotRecorded):
        await store.commit(change, epoch=1)  # type: ignore[arg-type]
    with pytest.raises(NotRecorded):
        await store.operations.get("0" * 32)


async def test_a_commit_is_written_whole_or_not_at_all(store: SqlStore) -> None:
    ended = new_id()
    await store.commit(opening(ended), closing(ended), epoch=1)
    with pytest.raises(AlreadyEnded):
        await store.commit(opening(new_id()), audit_row(), closing(ended), epoch=2)
    assert await store.operations.running(GUESTBOOK) is None
    assert await store.audit.latest(limit=10) == []
    assert await store.newest_epoch() == 1


async def test_text_that_a_database_cannot_hold_is_replaced(store: SqlStore) -> None:
    operation_id = new_id()
    await store.commit(opening(operation_id), closing(operation_id, message="a\0b\ud800c"), epoch=1)
    ending = (await store.operations.get(operation_id)).ending
    assert ending is not None
    assert ending.message == "a\ufffdb\ufffdc"
