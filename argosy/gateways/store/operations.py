"""Operations, their attempts and steps, written: what ends, ends once.

Called by `writing`, in its transaction. Each ending is a compare-and-set on `outcome IS NULL` (a step: on a state
that is not final), so of two writers one wins and the other is told.
"""

from typing import Any, NoReturn, assert_never

from sqlalchemy import Connection, and_, exists, select, update

from argosy.gateways.store.changes import (
    ApplicationRef,
    BeginAttempt,
    CloseOperation,
    EndAttempt,
    OpenOperation,
    OperationChange,
    RecordStep,
    StepRef,
)
from argosy.gateways.store.errors import AlreadyEnded, AlreadyRunning, NotRecorded
from argosy.gateways.store.sealing import Sealer
from argosy.gateways.store.statements import insert
from argosy.gateways.store.tables import attempts, operations, steps

_FINAL = ("succeeded", "failed", "skipped")


def write(connection: Connection, change: OperationChange, *, epoch: int, sealer: Sealer) -> None:
    """Carry out a change of an operation."""
    match change:
        case OpenOperation():
            _open(connection, change, epoch=epoch, sealer=sealer)
        case BeginAttempt():
            _begin(connection, change, epoch=epoch, sealer=sealer)
        case RecordStep():
            _record(connection, change)
        case EndAttempt(operation_id, number, outcome, message, at):
            this = and_(attempts.c.operation_id == operation_id, attempts.c.number == number)
            ending = {"outcome": outcome, "message": message, "ended_at": at}
            if not connection.execute(
                update(attempts).where(this, attempts.c.outcome.is_(None)).values(ending)
            ).rowcount:
                _refuse_attempt(connection, operation_id, number)
        case CloseOperation():
            _close(connection, change, epoch=epoch)
        case _:
            assert_never(change)


def _open(connection: Connection, change: OpenOperation, *, epoch: int, sealer: Sealer) -> None:
    row = {
        "id": change.id,
        **change.application._asdict(),
        "application_uid": change.application_uid,
        "requested_by": change.requested_by,
        "automated": change.automated,
        "request": sealer.seal_document(change.request),
        "started_at": change.started_at,
        "epoch": epoch,
    }
    opened = insert(connection, operations).values(row).on_conflict_do_nothing().returning(operations.c.id)
    if connection.execute(opened).first() is not None:
        return
    outcome = _outcome(connection, change.id)
    if outcome is not None:
        raise AlreadyEnded(f"operation {change.id}", outcome=outcome)
    running = _running(connection, change.application)
    if running != change.id:
        raise AlreadyRunning(change.application, running)


def _running(connection: Connection, application: ApplicationRef) -> str:
    return connection.scalars(
        select(operations.c.id).where(
            operations.c.control_namespace == application.control_namespace,
            operations.c.instance == application.instance,
            operations.c.outcome.is_(None),
        )
    ).one()


def _outcome(connection: Connection, operation_id: str) -> str | None:
    return connection.scalars(select(operations.c.outcome).where(operations.c.id == operation_id)).one_or_none()


def _begin(connection: Connection, change: BeginAttempt, *, epoch: int, sealer: Sealer) -> None:
    _touch(connection, change.operation_id, epoch=epoch)
    connection.execute(
        attempts.insert().values(
            operation_id=change.operation_id,
            number=change.number,
            plan=sealer.seal_document(change.plan),
            manifest_set=change.manifest_set or None,
            started_at=change.started_at,
        )
    )
    rows: list[dict[str, Any]] = [
        {
            "operation_id": change.operation_id,
            "attempt": change.number,
            "position": each.position,
            "phase": each.phase,
            "wave": each.wave,
            **each.key._asdict(),
            "action": each.action,
            "state": "pending",
            "message": "",
            "tries": 0,
            "hook": each.hook,
            "uid": "",
        }
        for each in change.steps
    ]
    if rows:
        connection.execute(steps.insert(), rows)


def _touch(connection: Connection, operation_id: str, *, epoch: int) -> None:
    """Note who writes the open operation, and hold it against being closed. Raises `AlreadyEnded`, `NotRecorded`."""
    still_open = update(operations).where(operations.c.id == operation_id, operations.c.outcome.is_(None))
    if not connection.execute(still_open.values(epoch=epoch)).rowcount:
        _refuse_operation(connection, operation_id)


def _record(connection: Connection, change: RecordStep) -> None:
    values: dict[str, Any] = {"state": change.state, "message": change.message, "changed_at": change.at}
    if change.state == "running":
        values["tries"] = steps.c.tries + 1
    values |= {name: given for name, given in (("uid", change.uid), ("hook", change.hook)) if given}
    going_on = exists().where(operations.c.id == change.step.operation_id, operations.c.outcome.is_(None))
    statement = update(steps).where(_this(change.step), steps.c.state.not_in(_FINAL), going_on).values(values)
    if not connection.execute(statement).rowcount:
        _refuse_step(connection, change)


def _this(step: StepRef) -> Any:
    return and_(
        steps.c.operation_id == step.operation_id,
        steps.c.attempt == step.attempt,
        steps.c.position == step.position,
    )


def _refuse_step(connection: Connection, change: RecordStep) -> None:
    """Say why the step was not written; nothing is wrong if it says already what should be written."""
    found = connection.execute(select(steps.c.state, steps.c.message).where(_this(change.step))).one_or_none()
    name = "step {2} of attempt {1} of operation {0}".format(*change.step)
    if found is None:
        raise NotRecorded(f"{name} is not recorded")
    if found.state not in _FINAL:
        _refuse_operation(connection, change.step.operation_id)
    if (found.state, found.message) != (change.state, change.message):
        raise AlreadyEnded(name, outcome=found.state)


def _close(connection: Connection, change: CloseOperation, *, epoch: int) -> None:
    ending = {"outcome": change.outcome, "message": change.message, "ended_at": change.at}
    still_open = update(operations).where(operations.c.id == change.operation_id, operations.c.outcome.is_(None))
    if not connection.execute(still_open.values(**ending, epoch=epoch)).rowcount:
        _refuse_operation(connection, change.operation_id)
    last = update(attempts).where(attempts.c.operation_id == change.operation_id, attempts.c.outcome.is_(None))
    connection.execute(last.values(ending))


def _refuse_operation(connection: Connection, operation_id: str) -> NoReturn:
    outcome = _outcome(connection, operation_id)
    if outcome is None:
        raise NotRecorded(f"operation {operation_id} is not recorded")
    raise AlreadyEnded(f"operation {operation_id}", outcome=outcome)


def _refuse_attempt(connection: Connection, operation_id: str, number: int) -> NoReturn:
    this = and_(attempts.c.operation_id == operation_id, attempts.c.number == number)
    outcome = connection.scalars(select(attempts.c.outcome).where(this)).one_or_none()
    name = f"attempt {number} of operation {operation_id}"
    if outcome is None:
        raise NotRecorded(f"{name} is not recorded")
    raise AlreadyEnded(name, outcome=outcome)
