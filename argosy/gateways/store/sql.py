"""The SQL memory on SQLite or PostgreSQL: `port.Store`, each noun a thin face over its module.

Imported by `wiring` modules only, which call `open_store`.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from argosy.engine.model.resource import Manifest, ResourceKey
from argosy.gateways.store import (
    audit,
    fencing,
    history,
    inventory,
    manifests,
    migrating,
    progress,
    resealing,
    sign_ins,
    writing,
)
from argosy.gateways.store import engine as engines
from argosy.gateways.store.changes import ApplicationRef, Change, Note
from argosy.gateways.store.database import Database
from argosy.gateways.store.keys import KeyRing
from argosy.gateways.store.port import Store
from argosy.gateways.store.records import (
    AttemptRecord,
    AuditRecord,
    AuditVerdict,
    HistoryRecord,
    InventoryEntry,
    OperationRecord,
    StepRecord,
)
from argosy.gateways.store.sealing import Sealer


async def open_store(url: str, ring: KeyRing) -> Store:
    """Connect to the database, bring its schema up to date and return the store; the caller closes it.

    `url` is as `engine.parse` wants it. Raises `Unavailable`, `SchemaTooNew` and `Unusable`.
    """
    database = Database(engines.parse(url))
    try:
        await database.prepare(migrating.migrate)
    except BaseException:
        await asyncio.shield(database.close())
        raise
    return SqlStore(database, Sealer(ring))


class _Noun:
    """What every noun needs."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer


class SqlInventory(_Noun):
    """`port.Inventory` in SQL."""

    async def owned_by(self, application: ApplicationRef) -> Sequence[InventoryEntry]:
        """Return the application's entries, by cluster and key."""
        return await self._database.read(lambda connection: inventory.owned_by(connection, application))

    async def owners_of(self, cluster: str, keys: Iterable[ResourceKey]) -> Mapping[ResourceKey, ApplicationRef]:
        """Return who owns each of the objects; those that nobody owns are left out."""
        wanted = tuple(keys)
        return await self._database.read(lambda connection: inventory.owners_of(connection, cluster, wanted))

    async def last_applied(self, application: ApplicationRef, cluster: str) -> Mapping[ResourceKey, Manifest]:
        """Return what the application last applied there, per object. Raises `Unreadable`."""
        return await self._database.read(
            lambda connection: inventory.last_applied(connection, application, cluster=cluster, sealer=self._sealer)
        )


class SqlOperations(_Noun):
    """`port.Operations` in SQL."""

    async def running(self, application: ApplicationRef) -> OperationRecord | None:
        """Return the application's open operation."""
        return await self._database.read(
            lambda connection: progress.running(connection, application, sealer=self._sealer)
        )

    async def all_running(self) -> Sequence[OperationRecord]:
        """Return every open operation, oldest first."""
        return await self._database.read(lambda connection: progress.all_running(connection, sealer=self._sealer))

    async def get(self, operation_id: str) -> OperationRecord:
        """Return an operation. Raises `NotRecorded`."""
        return await self._database.read(lambda connection: progress.get(connection, operation_id, sealer=self._sealer))

    async def latest(self, application: ApplicationRef, *, limit: int) -> Sequence[OperationRecord]:
        """Return the application's last operations, newest first."""
        return await self._database.read(
            lambda connection: progress.latest(connection, application, limit=limit, sealer=self._sealer)
        )

    async def attempts(self, operation_id: str) -> Sequence[AttemptRecord]:
        """Return the attempts of an operation, first to last."""
        return await self._database.read(
            lambda connection: progress.attempts_of(connection, operation_id, sealer=self._sealer)
        )

    async def steps(self, operation_id: str, *, attempt: int) -> Sequence[StepRecord]:
        """Return the steps of an attempt, in the order of its plan."""
        return await self._database.read(
            lambda connection: progress.steps_of(connection, operation_id, attempt=attempt)
        )


class SqlHistory(_Noun):
    """`port.History` in SQL."""

    async def last_id(self, application: ApplicationRef, *, application_uid: str) -> int:
        """Return the highest id, -1 if there is none."""
        return await self._database.read(
            lambda connection: history.last_id(connection, application, application_uid=application_uid)
        )

    async def latest(self, application: ApplicationRef, *, application_uid: str, limit: int) -> Sequence[HistoryRecord]:
        """Return the last deployments, newest first."""
        return await self._database.read(
            lambda connection: history.latest(
                connection, application, application_uid=application_uid, limit=limit, sealer=self._sealer
            )
        )

    async def get(self, application: ApplicationRef, *, application_uid: str, entry_id: int) -> HistoryRecord:
        """Return one deployment. Raises `NotRecorded`."""
        return await self._database.read(
            lambda connection: history.get(
                connection, application, application_uid=application_uid, entry_id=entry_id, sealer=self._sealer
            )
        )


class SqlManifestSets(_Noun):
    """`port.ManifestSets` in SQL."""

    async def keep(self, contents: Sequence[Manifest], *, at: datetime) -> str:
        """Store a list of manifests, if it is not stored, and return its keyed hash (64 hex digits)."""
        return await self._database.write(
            lambda connection: manifests.keep_set(connection, contents, at=at, sealer=self._sealer)
        )

    async def get(self, manifest_set: str) -> Sequence[Manifest]:
        """Return a stored list, in its order, checked against its hash. Raises `NotRecorded`, `Unreadable`."""
        return await self._database.read(
            lambda connection: manifests.load_set(connection, manifest_set, sealer=self._sealer)
        )


class SqlAudit(_Noun):
    """`port.Audit` in SQL."""

    async def latest(self, *, limit: int, before: int | None = None) -> Sequence[AuditRecord]:
        """Return rows, newest first, those below sequence `before` if it is given."""
        return await self._database.read(lambda connection: audit.latest(connection, limit=limit, before=before))

    async def verify(self) -> AuditVerdict:
        """Check the chain from the first row to the last."""
        return await self._database.read(lambda connection: audit.verify(connection, sealer=self._sealer))


class SqlSignIns(_Noun):
    """`port.SignIns` in SQL."""

    async def is_revoked(self, jti: str) -> bool:
        """Return whether the token was revoked."""
        return await self._database.read(lambda connection: sign_ins.is_revoked(connection, jti))

    async def failures(self, username: str, *, since: datetime) -> int:
        """Return how many sign-ins have failed in a row, 0 if the last failure was before `since`."""
        return await self._database.read(
            lambda connection: sign_ins.failures(connection, username, since=since, sealer=self._sealer)
        )


class SqlStore(_Noun):
    """`port.Store` in SQL."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        super().__init__(database, sealer)
        self.inventory = SqlInventory(database, sealer)
        self.operations = SqlOperations(database, sealer)
        self.history = SqlHistory(database, sealer)
        self.manifest_sets = SqlManifestSets(database, sealer)
        self.audit = SqlAudit(database, sealer)
        self.sign_ins = SqlSignIns(database, sealer)

    async def newest_epoch(self) -> int:
        """Return the highest lease epoch that has written, -1 if none has."""
        return await self._database.read(fencing.newest)

    async def fence(self, epoch: int) -> None:
        """Shut out every lower epoch from now on. Raises `StaleEpoch`."""
        await self._database.write(lambda connection: fencing.hold(connection, epoch))

    async def commit(self, *changes: Change, epoch: int) -> None:
        """Write all changes, in their order, or none. Raises `StaleEpoch` and what the changes name."""
        await self._database.write(
            lambda connection: writing.commit(connection, changes, epoch=epoch, sealer=self._sealer)
        )

    async def note(self, *notes: Note) -> None:
        """Write all notes, in their order, or none."""
        await self._database.write(lambda connection: writing.note(connection, notes, sealer=self._sealer))

    async def reseal(self) -> int:
        """Seal everything with the newest key and return how many values were resealed. Raises `Unreadable`."""
        resealed = 0
        for part in resealing.PARTS:
            place: resealing.Place | None = resealing.START
            while place is not None:
                place, count = await self._database.write(resealing.step(part, place, sealer=self._sealer))
                resealed += count
        return resealed

    async def close(self) -> None:
        """Finish what is being written, and close the connections."""
        await self._database.close()
