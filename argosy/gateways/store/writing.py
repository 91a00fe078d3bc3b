"""Carry out changes and notes, in their order, in the transaction that the caller holds.

Called by `sql`; which noun does what is written here and nowhere else.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, select

from argosy.gateways.store import audit, fencing, history, inventory, manifests, operations, sign_ins
from argosy.gateways.store.changes import (
    AppendAudit,
    AppendHistory,
    Change,
    InventoryChange,
    Note,
    OperationChange,
    Sweep,
)
from argosy.gateways.store.sealing import Sealer
from argosy.gateways.store.tables import history as history_table
from argosy.gateways.store.tables import operations as operations_table


def commit(connection: Connection, changes: Iterable[Change], *, epoch: int, sealer: Sealer) -> None:
    """Carry out the changes of a controller that holds the lease in this epoch. Raises `StaleEpoch`."""
    fencing.hold(connection, epoch)
    for change in changes:
        if isinstance(change, InventoryChange):
            inventory.write(connection, change, sealer=sealer)
        elif isinstance(change, OperationChange):
            operations.write(connection, change, epoch=epoch, sealer=sealer)
        elif isinstance(change, AppendHistory):
            history.append(connection, change, sealer=sealer)
        elif isinstance(change, Sweep):
            _sweep(connection, change.before)
        else:
            _note(connection, change, sealer=sealer)


def note(connection: Connection, notes: Iterable[Note], *, sealer: Sealer) -> None:
    """Carry out notes."""
    for each in notes:
        _note(connection, each, sealer=sealer)


def _note(connection: Connection, change: Note, *, sealer: Sealer) -> None:
    if isinstance(change, AppendAudit):
        audit.append(connection, change, sealer=sealer)
    else:
        sign_ins.write(connection, change, sealer=sealer)


def _sweep(connection: Connection, before: datetime) -> None:
    """Remove old operations that no history names, and then the manifests that nothing names any more."""
    named = select(history_table.c.operation_id)
    old = operations_table.c.ended_at < before
    connection.execute(delete(operations_table).where(old, operations_table.c.id.not_in(named)))
    manifests.sweep(connection, before)
