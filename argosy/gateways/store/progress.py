"""Operations, their attempts and steps, read.

Called by `sql`: by a controller that takes up what another left, and for the page.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from argosy.engine.model.resource import ResourceKey
from argosy.gateways.store.changes import ApplicationRef, StepRef
from argosy.gateways.store.errors import NotRecorded
from argosy.gateways.store.records import AttemptRecord, Ending, OperationRecord, StepRecord
from argosy.gateways.store.sealing import Sealer
from argosy.gateways.store.tables import attempts, operations, steps


def running(connection: Connection, application: ApplicationRef, *, sealer: Sealer) -> OperationRecord | None:
    """Return the application's open operation."""
    found = select(operations).where(*_of(application), operations.c.outcome.is_(None))
    row = connection.execute(found).one_or_none()
    return None if row is None else _operation(row, sealer)


def all_running(connection: Connection, *, sealer: Sealer) -> Sequence[OperationRecord]:
    """Return every open operation, oldest first."""
    found = select(operations).where(operations.c.outcome.is_(None)).order_by(operations.c.started_at, operations.c.id)
    return [_operation(row, sealer) for row in connection.execute(found)]


def get(connection: Connection, operation_id: str, *, sealer: Sealer) -> OperationRecord:
    """Return an operation. Raises `NotRecorded`."""
    row = connection.execute(select(operations).where(operations.c.id == operation_id)).one_or_none()
    if row is None:
        raise NotRecorded(f"operation {operation_id} is not recorded")
    return _operation(row, sealer)


def latest(
    connection: Connection, application: ApplicationRef, *, limit: int, sealer: Sealer
) -> Sequence[OperationRecord]:
    """Return the application's last operations, newest first."""
    newest = (operations.c.started_at.desc(), operations.c.id.desc())
    found = select(operations).where(*_of(application)).order_by(*newest).limit(limit)
    return [_operation(row, sealer) for row in connection.execute(found)]


def attempts_of(connection: Connection, operation_id: str, *, sealer: Sealer) -> Sequence[AttemptRecord]:
    """Return the attempts of an operation, first to last."""
    found = select(attempts).where(attempts.c.operation_id == operation_id).order_by(attempts.c.number)
    return [
        AttemptRecord(
            operation_id=operation_id,
            number=row.number,
            plan=sealer.open_document(row.plan, what=f"the plan of attempt {row.number} of operation {operation_id}"),
            manifest_set=row.manifest_set or "",
            started_at=row.started_at,
            ending=_ending(row),
        )
        for row in connection.execute(found)
    ]


def steps_of(connection: Connection, operation_id: str, *, attempt: int) -> Sequence[StepRecord]:
    """Return the steps of an attempt, in the order of its plan."""
    these = select(steps).where(steps.c.operation_id == operation_id, steps.c.attempt == attempt)
    return [
        StepRecord(
            step=StepRef(operation_id, attempt, row.position),
            phase=row.phase,
            wave=row.wave,
            key=ResourceKey(row.group, row.kind, row.namespace, row.name),
            action=row.action,
            state=row.state,
            message=row.message,
            tries=row.tries,
            hook=row.hook,
            uid=row.uid,
            changed_at=row.changed_at,
        )
        for row in connection.execute(these.order_by(steps.c.position))
    ]


def _of(application: ApplicationRef) -> tuple[Any, Any]:
    return (
        operations.c.control_namespace == application.control_namespace,
        operations.c.instance == application.instance,
    )


def _operation(row: Row[Any], sealer: Sealer) -> OperationRecord:
    return OperationRecord(
        id=row.id,
        application=ApplicationRef(row.control_namespace, row.instance),
        application_uid=row.application_uid,
        requested_by=row.requested_by,
        automated=row.automated,
        request=sealer.open_document(row.request, what=f"the request of operation {row.id}"),
        started_at=row.started_at,
        epoch=row.epoch,
        ending=_ending(row),
    )


def _ending(row: Row[Any]) -> Ending | None:
    return None if row.outcome is None else Ending(row.outcome, row.message, row.ended_at)
