"""The audit: who asked for what, each row chained to the one before by a keyed digest.

Appended by `writing` in the transaction of the change, read by `sql`. Whoever holds the database but not the key file
can remove the last rows together with the head, and nothing else, without `verify` saying so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, select, update

from argosy.gateways.store.changes import AppendAudit
from argosy.gateways.store.columns import storable
from argosy.gateways.store.records import AuditRecord, AuditVerdict, Broken, Intact
from argosy.gateways.store.sealing import Sealer, canonical
from argosy.gateways.store.statements import insert
from argosy.gateways.store.tables import audit as table
from argosy.gateways.store.tables import audit_head

_FIRST = "0" * 64
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class _Head:
    """The last row: its sequence (0 if there is none) and digest."""

    sequence: int
    digest: str


def append(connection: Connection, change: AppendAudit, *, sealer: Sealer) -> None:
    """Add a row behind the last; writers take turns until their transactions end."""
    connection.execute(insert(connection, audit_head).values(id=1, sequence=0, digest=_FIRST).on_conflict_do_nothing())
    last = connection.execute(select(audit_head).with_for_update()).one()
    row: dict[str, Any] = {
        "sequence": last.sequence + 1,
        "at": change.at,
        "actor": storable(change.actor),
        "verb": storable(change.verb),
        "target": storable(change.target),
        "outcome": change.outcome,
        "request_id": storable(change.request_id),
        "parameters": canonical(change.parameters).decode(),
    }
    digest = _digest(last.digest, row, sealer)
    connection.execute(table.insert().values(**row, digest=digest))
    connection.execute(update(audit_head).values(sequence=row["sequence"], digest=digest))


def _digest(previous: str, row: Mapping[str, Any], sealer: Sealer) -> str:
    """Return the digest of a row and of all before it; of the time counts the instant, whatever its zone."""
    words = [str(row[name]) for name in ("sequence", "actor", "verb", "target", "outcome", "request_id", "parameters")]
    return sealer.digest("audit", canonical([previous, row["at"].timestamp(), *words]))


def latest(connection: Connection, *, limit: int, before: int | None) -> Sequence[AuditRecord]:
    """Return rows, newest first, those below sequence `before` if it is given."""
    found = select(table).order_by(table.c.sequence.desc()).limit(limit)
    if before is not None:
        found = found.where(table.c.sequence < before)
    return [_record(row) for row in connection.execute(found).mappings()]


def _record(row: RowMapping) -> AuditRecord:
    return AuditRecord(**{**row, "parameters": orjson.loads(row["parameters"])})


def verify(connection: Connection, *, sealer: Sealer) -> AuditVerdict:
    """Check the chain from the first row to the last, and that the last is the head."""
    head = connection.execute(select(audit_head)).one_or_none()
    known = _Head(0, _FIRST) if head is None else _Head(head.sequence, head.digest)
    last = _Head(0, _FIRST)
    while batch := _after(connection, last.sequence):
        for row in batch:
            if row["sequence"] != last.sequence + 1:
                return Broken(last.sequence + 1, "the row is missing")
            if row["digest"] != _digest(last.digest, dict(row), sealer):
                return Broken(row["sequence"], "the row, or the one before it, was changed")
            last = _Head(row["sequence"], row["digest"])
    if known != last:
        return Broken(last.sequence + 1, f"the audit ends at row {last.sequence}, its head says {known.sequence}")
    return Intact(last.sequence)


def _after(connection: Connection, sequence: int) -> Sequence[RowMapping]:
    next_rows = select(table).where(table.c.sequence > sequence).order_by(table.c.sequence).limit(_BATCH)
    return connection.execute(next_rows).mappings().fetchall()
