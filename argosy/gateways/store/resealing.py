"""After a new key: seal every value again, a few rows per transaction, so that nobody waits.

Called by `sql` with the work of one transaction at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, select, tuple_, update

from argosy.gateways.store.sealing import Sealer
from argosy.gateways.store.tables import attempts, history, manifests, operations

_BATCH = 200

Place = tuple[Any, ...]
"""The primary key of the last row that was seen."""

START: Place = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A column that holds sealed values; `only` is the condition under which it does."""

    table: Table
    column: Column[Any]
    only: Any = None


PARTS = (
    Part(manifests, manifests.c.body, only=manifests.c.sealed),
    Part(operations, operations.c.request),
    Part(attempts, attempts.c.plan),
    Part(history, history.c.entry),
)


def step(part: Part, place: Place, *, sealer: Sealer) -> Callable[[Connection], tuple[Place | None, int]]:
    """Return the work of one transaction: it returns where to go on, None at the end, and how many it resealed."""
    key = tuple(part.table.primary_key)
    rows = select(*key, part.column).order_by(*key).limit(_BATCH)
    if part.only is not None:
        rows = rows.where(part.only)
    if place:
        rows = rows.where(tuple_(*key) > place)

    def work(connection: Connection) -> tuple[Place | None, int]:
        found = connection.execute(rows.with_for_update()).fetchall()
        count = 0
        for *row_key, sealed in found:
            resealed = sealer.reseal(sealed, what=f"{part.table.name} {row_key}")
            if resealed != sealed:
                this = (column == value for column, value in zip(key, row_key, strict=True))
                connection.execute(update(part.table).where(*this).values({part.column: resealed}))
                count += 1
        return (tuple(found[-1][:-1]) if len(found) == _BATCH else None), count

    return work
