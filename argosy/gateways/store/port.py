"""What Argosy asks of the SQL memory.

Everyone imports this; only `wiring` modules import `sql` (SQLite and PostgreSQL; SQLite in memory for tests). All
methods raise `Unavailable` and `Unusable` of `argosy.gateways.store.errors`, and those that they name.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from argosy.engine.model.resource import Manifest, ResourceKey
from argosy.gateways.store.changes import ApplicationRef, Change, Note
from argosy.gateways.store.records import (
    AttemptRecord,
    AuditRecord,
    AuditVerdict,
    HistoryRecord,
    InventoryEntry,
    OperationRecord,
    StepRecord,
)


class Inventory(Protocol):
    """Who owns which object: one application per cluster and key."""

    async def owned_by(self, application: ApplicationRef) -> Sequence[InventoryEntry]:
        """Return the application's entries, by cluster and key."""
        ...

    async def owners_of(self, cluster: str, keys: Iterable[ResourceKey]) -> Mapping[ResourceKey, ApplicationRef]:
        """Return who owns each of the objects; those that nobody owns are left out."""
        ...

    async def last_applied(self, application: ApplicationRef, cluster: str) -> Mapping[ResourceKey, Manifest]:
        """Return what the application last applied there, per object. Raises `Unreadable`."""
        ...


class Operations(Protocol):
    """What is and was under way."""

    async def running(self, application: ApplicationRef) -> OperationRecord | None:
        """Return the application's open operation."""
        ...

    async def all_running(self) -> Sequence[OperationRecord]:
        """Return every open operation, oldest first: what a controller takes up when it starts."""
        ...

    async def get(self, operation_id: str) -> OperationRecord:
        """Return an operation. Raises `NotRecorded`."""
        ...

    async def latest(self, application: ApplicationRef, *, limit: int) -> Sequence[OperationRecord]:
        """Return the application's last operations, newest first."""
        ...

    async def attempts(self, operation_id: str) -> Sequence[AttemptRecord]:
        """Return the attempts of an operation, first to last."""
        ...

    async def steps(self, operation_id: str, *, attempt: int) -> Sequence[StepRecord]:
        """Return the steps of an attempt, in the order of its plan."""
        ...


class History(Protocol):
    """What was deployed, without end."""

    async def last_id(self, application: ApplicationRef, *, application_uid: str) -> int:
        """Return the highest id, -1 if there is none."""
        ...

    async def latest(self, application: ApplicationRef, *, application_uid: str, limit: int) -> Sequence[HistoryRecord]:
        """Return the last deployments, newest first."""
        ...

    async def get(self, application: ApplicationRef, *, application_uid: str, entry_id: int) -> HistoryRecord:
        """Return one deployment. Raises `NotRecorded`."""
        ...


class ManifestSets(Protocol):
    """Rendered manifests by content: Secrets are encrypted, equal objects are stored once."""

    async def keep(self, contents: Sequence[Manifest], *, at: datetime) -> str:
        """Store a list of manifests, if it is not stored, and return its keyed hash (64 hex digits)."""
        ...

    async def get(self, manifest_set: str) -> Sequence[Manifest]:
        """Return a stored list, in its order, checked against its hash. Raises `NotRecorded`, `Unreadable`."""
        ...


class Audit(Protocol):
    """Who asked for what."""

    async def latest(self, *, limit: int, before: int | None = None) -> Sequence[AuditRecord]:
        """Return rows, newest first, those below sequence `before` if it is given."""
        ...

    async def verify(self) -> AuditVerdict:
        """Check the chain from the first row to the last."""
        ...


class SignIns(Protocol):
    """Revoked tokens and failed sign-ins."""

    async def is_revoked(self, jti: str) -> bool:
        """Return whether the token was revoked."""
        ...

    async def failures(self, username: str, *, since: datetime) -> int:
        """Return how many sign-ins have failed in a row, 0 if the last failure was before `since`."""
        ...


class Store(Protocol):
    """The SQL memory: reads by noun, and writes as values that commit together."""

    @property
    def inventory(self) -> Inventory:
        """Who owns which object."""
        ...

    @property
    def operations(self) -> Operations:
        """What is and was under way."""
        ...

    @property
    def history(self) -> History:
        """What was deployed."""
        ...

    @property
    def manifest_sets(self) -> ManifestSets:
        """Rendered manifests by content."""
        ...

    @property
    def audit(self) -> Audit:
        """Who asked for what."""
        ...

    @property
    def sign_ins(self) -> SignIns:
        """Revoked tokens and failed sign-ins."""
        ...

    async def newest_epoch(self) -> int:
        """Return the highest lease epoch that has written, -1 if none has."""
        ...

    async def fence(self, epoch: int) -> None:
        """Shut out every lower epoch from now on: the first thing that a new leader does. Raises `StaleEpoch`."""
        ...

    async def commit(self, *changes: Change, epoch: int) -> None:
        """Write all changes, in their order, or none. Raises `StaleEpoch` and what the changes name."""
        ...

    async def note(self, *notes: Note) -> None:
        """Write all notes, in their order, or none."""
        ...

    async def reseal(self) -> int:
        """Seal everything with the newest key, so that the older ones may go; return how many values were resealed.

        Raises `Unreadable` at the first value that no key opens; what was resealed before stays so.
        """
        ...

    async def close(self) -> None:
        """Finish what is being written, and close the connections."""
        ...
