"""The lease's epoch in the database: once a newer controller has written, an older one writes nothing more.

Called by `writing` at the start of each commit, in its transaction.
"""

from sqlalchemy import Connection, select, update

from argosy.gateways.store.errors import StaleEpoch
from argosy.gateways.store.statements import insert
from argosy.gateways.store.tables import fence


def newest(connection: Connection) -> int:
    """Return the highest epoch that has written, -1 if none has."""
    found = connection.scalars(select(fence.c.epoch)).one_or_none()
    return -1 if found is None else found


def hold(connection: Connection, epoch: int) -> None:
    """Return if no newer epoch has written, and keep it so until the transaction ends. Raises `StaleEpoch`.

    Commits of one epoch share the row; a newer one waits for them, then raises it.
    """
    found = connection.scalars(select(fence.c.epoch).with_for_update(read=True)).one_or_none()
    if found == epoch:
        return
    if found is None:
        connection.execute(insert(connection, fence).values(id=1, epoch=epoch).on_conflict_do_nothing())
    raised = update(fence).where(fence.c.epoch <= epoch).values(epoch=epoch)
    if not connection.execute(raised).rowcount:
        raise StaleEpoch(given=epoch, newest=newest(connection))
