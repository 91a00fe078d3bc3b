"""What both databases speak but SQLAlchemy spells once for each."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Item = TypeVar("Item")

Insert = sqlite.Insert | postgresql.Insert

_BATCH = 500
"""Values in one statement; SQLite of Debian 12 takes 32,766 and PostgreSQL 65,535 parameters."""


def insert(connection: Connection, table: Table) -> Insert:
    """Return an insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield the items in parts that fit in one statement."""
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
