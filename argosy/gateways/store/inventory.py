"""Inventory: who owns which object, and what was last applied to it.

`write` is called by `writing`, in its transaction; the reads by `sql`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import Connection, RowMapping, and_, bindparam, case, delete, select, tuple_

from argosy.engine.model.resource import Manifest, ResourceKey
from argosy.gateways.store import manifests
from argosy.gateways.store.changes import (
    ApplicationRef,
    ClaimObjects,
    ForgetApplication,
    ForgetObjects,
    InventoryChange,
    Origin,
    RecordApplied,
)
from argosy.gateways.store.records import InventoryEntry
from argosy.gateways.store.sealing import Sealer
from argosy.gateways.store.statements import batches, insert
from argosy.gateways.store.tables import inventory as table
from argosy.gateways.store.tables import manifests as bodies

_KEY = (table.c.cluster, table.c.group, table.c.kind, table.c.namespace, table.c.name)


def write(connection: Connection, change: InventoryChange, *, sealer: Sealer) -> None:
    """Carry out a change of the inventory."""
    match change:
        case ClaimObjects():
            _claim(connection, change)
        case RecordApplied():
            _record(connection, change, sealer)
        case ForgetObjects():
            _forget(connection, change)
        case ForgetApplication(application):
            connection.execute(delete(table).where(_owned(application)))
        case _:
            assert_never(change)


def _claim(connection: Connection, change: ClaimObjects) -> None:
    rows = [
        _row(change, each.key, uid=each.uid, origin=change.origin, at=change.at, operation_id=change.operation_id)
        for each in change.objects
    ]
    if rows:
        connection.execute(insert(connection, table).on_conflict_do_nothing(), _in_order(rows))


def _record(connection: Connection, change: RecordApplied, sealer: Sealer) -> None:
    if not change.objects:
        return
    ids = manifests.keep_each(connection, [each.manifest for each in change.objects], sealer=sealer)
    rows = [
        {
            **_row(change, each.key, uid=each.uid, origin="applied", at=change.at, operation_id=change.operation_id),
            "manifest_id": manifest_id,
            "receipt": each.receipt,
        }
        for each, manifest_id in zip(change.objects, ids, strict=True)
    ]
    statement = insert(connection, table)
    new = statement.excluded
    replaced = {name: new[name] for name in _REPLACED} | {"uid": case((new.uid == "", table.c.uid), else_=new.uid)}
    connection.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=replaced), _in_order(rows))


_REPLACED = ("control_namespace", "instance", "origin", "operation_id", "at", "manifest_id", "receipt")


def _row(
    change: ClaimObjects | RecordApplied,
    key: ResourceKey,
    *,
    uid: str,
    origin: Origin,
    at: datetime,
    operation_id: str,
) -> dict[str, Any]:
    return {
        "cluster": change.cluster,
        **key._asdict(),
        **change.application._asdict(),
        "uid": uid,
        "origin": origin,
        "operation_id": operation_id,
        "at": at,
    }


def _in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows in one order for all, so that two writers do not wait for each other's rows in a circle."""
    return sorted(rows, key=lambda row: (row["group"], row["kind"], row["namespace"], row["name"]))


def _forget(connection: Connection, change: ForgetObjects) -> None:
    if not change.keys:
        return
    same_key = and_(*(column == bindparam(f"key_{column.name}") for column in _KEY[1:]))
    statement = delete(table).where(_owned(change.application), table.c.cluster == change.cluster, same_key)
    names = [{f"key_{field}": value for field, value in key._asdict().items()} for key in sorted(change.keys)]
    connection.execute(statement, names)


def _owned(application: ApplicationRef) -> Any:
    return and_(table.c.control_namespace == application.control_namespace, table.c.instance == application.instance)


def owned_by(connection: Connection, application: ApplicationRef) -> Sequence[InventoryEntry]:
    """Return the application's entries, by cluster and key."""
    rows = connection.execute(select(table).where(_owned(application)).order_by(*_KEY)).mappings()
    return [
        InventoryEntry(
            application=application,
            cluster=row["cluster"],
            key=_key(row),
            uid=row["uid"],
            origin=row["origin"],
            operation_id=row["operation_id"],
            at=row["at"],
            receipt=row["receipt"],
        )
        for row in rows
    ]


def owners_of(
    connection: Connection, cluster: str, keys: Iterable[ResourceKey]
) -> Mapping[ResourceKey, ApplicationRef]:
    """Return who owns each of the objects; those that nobody owns are left out."""
    wanted = sorted(set(keys))
    owners: dict[ResourceKey, ApplicationRef] = {}
    columns = (*_KEY[1:], table.c.control_namespace, table.c.instance)
    for batch in batches(wanted):
        these = tuple_(*_KEY[1:]).in_(batch)
        rows = connection.execute(select(*columns).where(table.c.cluster == cluster, these)).mappings()
        owners |= {_key(row): ApplicationRef(row["control_namespace"], row["instance"]) for row in rows}
    return owners


def last_applied(
    connection: Connection, application: ApplicationRef, *, cluster: str, sealer: Sealer
) -> Mapping[ResourceKey, Manifest]:
    """Return what the application last applied there, per object. Raises `Unreadable`."""
    rows = connection.execute(
        select(*_KEY[1:], *manifests.BODY)
        .join_from(table, bodies)
        .where(_owned(application), table.c.cluster == cluster)
    )
    return {_key(row): manifests.opened(row, sealer=sealer) for row in rows.mappings()}


def _key(row: RowMapping) -> ResourceKey:
    return ResourceKey(row["group"], row["kind"], row["namespace"], row["name"])
