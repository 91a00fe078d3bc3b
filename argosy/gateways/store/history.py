"""History: what was deployed, without end. Written by `writing`, read by `sql`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from argosy.gateways.store.changes import AppendHistory, ApplicationRef
from argosy.gateways.store.errors import NotRecorded
from argosy.gateways.store.records import HistoryRecord
from argosy.gateways.store.sealing import Sealer
from argosy.gateways.store.tables import history as table


def append(connection: Connection, change: AppendHistory, *, sealer: Sealer) -> None:
    """Add an entry; its id must be new."""
    connection.execute(
        table.insert().values(
            **change.application._asdict(),
            application_uid=change.application_uid,
            id=change.id,
            entry=sealer.seal_document(change.entry),
            deployed_at=change.deployed_at,
            operation_id=change.operation_id,
            manifest_set=change.manifest_set or None,
        )
    )


def last_id(connection: Connection, application: ApplicationRef, *, application_uid: str) -> int:
    """Return the highest id, -1 if there is none."""
    found = connection.scalars(select(func.max(table.c.id)).where(_of(application, application_uid))).one()
    return -1 if found is None else found


def latest(
    connection: Connection, application: ApplicationRef, *, application_uid: str, limit: int, sealer: Sealer
) -> Sequence[HistoryRecord]:
    """Return the last deployments, newest first."""
    found = select(table).where(_of(application, application_uid)).order_by(table.c.id.desc()).limit(limit)
    return [_record(row, sealer) for row in connection.execute(found)]


def get(
    connection: Connection, application: ApplicationRef, *, application_uid: str, entry_id: int, sealer: Sealer
) -> HistoryRecord:
    """Return one deployment. Raises `NotRecorded`."""
    found = select(table).where(_of(application, application_uid), table.c.id == entry_id)
    row = connection.execute(found).one_or_none()
    if row is None:
        raise NotRecorded(f"application {application.instance} has no deployment with id {entry_id}")
    return _record(row, sealer)


def _of(application: ApplicationRef, application_uid: str) -> Any:
    return and_(
        table.c.control_namespace == application.control_namespace,
        table.c.instance == application.instance,
        table.c.application_uid == application_uid,
    )


def _record(row: Row[Any], sealer: Sealer) -> HistoryRecord:
    return HistoryRecord(
        id=row.id,
        entry=sealer.open_document(row.entry, what=f"entry {row.id} of the history of {row.instance}"),
        deployed_at=row.deployed_at,
        operation_id=row.operation_id,
        manifest_set=row.manifest_set or "",
    )
