"""Manifest sets by content: each different object is stored once, Secrets sealed, and a set is a list of them.

Called by `sql` (sets), `inventory` (what was last applied) and `writing` (sweeping).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Column, Connection, RowMapping, delete, exists, func, select, update

from argosy.engine.model.resource import Manifest
from argosy.gateways.store.errors import NotRecorded, Unreadable
from argosy.gateways.store.sealing import Sealer, canonical, pack, unpack
from argosy.gateways.store.statements import batches
from argosy.gateways.store.statements import insert as upsert
from argosy.gateways.store.tables import attempts, history, inventory, manifest_set_members, manifest_sets, manifests

BODY = (manifests.c.digest, manifests.c.sealed, manifests.c.body)
"""The columns that `opened` needs."""

_SWEEP_LOCK = 0x41726773  # any number that all our processes agree on


def keep_set(connection: Connection, contents: Sequence[Manifest], *, at: datetime, sealer: Sealer) -> str:
    """Store a list of manifests if it is not stored, note that it was kept now, and return its digest."""
    plain = [canonical(each) for each in contents]
    digests = [_digest(each, sealer) for each in plain]
    digest = _set_digest(digests, sealer)
    _hold_off_sweeps(connection)
    kept = update(manifest_sets).where(manifest_sets.c.digest == digest).values(kept_at=at)
    if connection.execute(kept).rowcount:
        return digest
    connection.execute(upsert(connection, manifest_sets).on_conflict_do_nothing(), {"digest": digest, "kept_at": at})
    set_id = connection.scalars(select(manifest_sets.c.id).where(manifest_sets.c.digest == digest)).one()
    ids = _keep(connection, contents, plain=plain, digests=digests, sealer=sealer)
    members = [{"set_id": set_id, "position": place, "manifest_id": each} for place, each in enumerate(ids)]
    if members:
        connection.execute(upsert(connection, manifest_set_members).on_conflict_do_nothing(), members)
    return digest


def keep_each(connection: Connection, contents: Sequence[Manifest], *, sealer: Sealer) -> list[int]:
    """Store manifests that are not stored, and return their ids, in the same order."""
    plain = [canonical(each) for each in contents]
    _hold_off_sweeps(connection)
    return _keep(connection, contents, plain=plain, digests=[_digest(each, sealer) for each in plain], sealer=sealer)


def _keep(
    connection: Connection,
    contents: Sequence[Manifest],
    *,
    plain: Sequence[bytes],
    digests: Sequence[str],
    sealer: Sealer,
) -> list[int]:
    known = _ids(connection, digests)
    rows = {
        digest: _row(manifest, content, digest=digest, sealer=sealer)
        for manifest, content, digest in zip(contents, plain, digests, strict=True)
        if digest not in known
    }
    if rows:
        in_order = [rows[digest] for digest in sorted(rows)]  # so that two writers do not wait in a circle
        connection.execute(upsert(connection, manifests).on_conflict_do_nothing(), in_order)
        known |= _ids(connection, list(rows))
    return [known[digest] for digest in digests]


def _ids(connection: Connection, digests: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for batch in batches(digests):
        wanted = select(manifests.c.digest, manifests.c.id).where(manifests.c.digest.in_(batch))
        found |= {row.digest: row.id for row in connection.execute(wanted)}
    return found


def _row(manifest: Manifest, content: bytes, *, digest: str, sealer: Sealer) -> Mapping[str, Any]:
    sealed = _is_private(manifest)
    return {"digest": digest, "sealed": sealed, "body": sealer.seal(content) if sealed else pack(content)}


def _is_private(manifest: Manifest) -> bool:
    """Return whether the manifest may hold a Secret's values: a Secret, or a list, which may hold one."""
    kind = str(manifest.get("kind", ""))
    return kind == "Secret" or kind.endswith("List")


def _digest(content: bytes, sealer: Sealer) -> str:
    return sealer.digest("manifest", content)


def _set_digest(digests: Sequence[str], sealer: Sealer) -> str:
    return sealer.digest("manifest set", "".join(digests).encode())


def load_set(connection: Connection, digest: str, *, sealer: Sealer) -> Sequence[Manifest]:
    """Return a stored list, in its order, checked. Raises `NotRecorded`, `Unreadable`."""
    set_id = connection.scalars(select(manifest_sets.c.id).where(manifest_sets.c.digest == digest)).one_or_none()
    if set_id is None:
        raise NotRecorded(f"manifest set {digest} is not stored: retention removed it, or the database is another")
    rows = (
        connection.execute(
            select(*BODY)
            .join_from(manifest_set_members, manifests)
            .where(manifest_set_members.c.set_id == set_id)
            .order_by(manifest_set_members.c.position)
        )
        .mappings()
        .fetchall()
    )
    if _set_digest([row["digest"] for row in rows], sealer) != digest:
        raise Unreadable(f"manifest set {digest} is not what was stored: restore the database from your backup")
    return [opened(row, sealer=sealer) for row in rows]


def opened(row: RowMapping, *, sealer: Sealer) -> Manifest:
    """Return the manifest of a row with the columns `BODY`, checked against its digest. Raises `Unreadable`."""
    what = f"manifest {row['digest']}"
    content = sealer.open(row["body"], what=what) if row["sealed"] else unpack(row["body"], what=what)
    if _digest(content, sealer) != row["digest"]:
        raise Unreadable(f"{what} is not what was stored: restore the database and its key file from your backup")
    return orjson.loads(content)


def sweep(connection: Connection, before: datetime) -> None:
    """Remove sets kept before then that nothing refers to, and manifests that are in no set and no inventory entry."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_SWEEP_LOCK)))
    connection.execute(
        delete(manifest_sets).where(
            manifest_sets.c.kept_at < before,
            _unused(attempts.c.manifest_set, manifest_sets.c.digest),
            _unused(history.c.manifest_set, manifest_sets.c.digest),
        )
    )
    connection.execute(
        delete(manifests).where(
            _unused(manifest_set_members.c.manifest_id, manifests.c.id),
            _unused(inventory.c.manifest_id, manifests.c.id),
        )
    )


def _unused(reference: Column[Any], target: Column[Any]) -> Any:
    return ~exists().where(reference == target)


def _hold_off_sweeps(connection: Connection) -> None:
    """Keep what is found to be stored from being swept before this transaction refers to it."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock_shared(_SWEEP_LOCK)))
