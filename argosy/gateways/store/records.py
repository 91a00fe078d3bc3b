"""What is read from the SQL memory: frozen values, made by `sql` and its nouns."""

from dataclasses import dataclass
from datetime import datetime

from argosy.engine.model.resource import ResourceKey
from argosy.gateways.store.changes import (
    ApplicationRef,
    AuditOutcome,
    JsonObject,
    Origin,
    Outcome,
    StepRef,
    StepState,
)


@dataclass(frozen=True, slots=True)
class InventoryEntry:
    """An object that an application owns; `uid`, `operation_id` and `receipt` are empty where they are not known."""

    application: ApplicationRef
    cluster: str
    key: ResourceKey
    uid: str
    origin: Origin
    operation_id: str
    at: datetime
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """How and when something ended."""

    outcome: Outcome
    message: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OperationRecord:
    """An operation; `ending` is None while it is open, `epoch` the lease's when it was last written."""

    id: str
    application: ApplicationRef
    application_uid: str
    requested_by: str
    automated: bool
    request: JsonObject
    started_at: datetime
    epoch: int
    ending: Ending | None


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """An attempt of an operation, with its plan; `ending` is None while it is under way."""

    operation_id: str
    number: int
    plan: JsonObject
    manifest_set: str
    started_at: datetime
    ending: Ending | None


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step of an attempt; `tries` counts how often it was started, `changed_at` is None while it is pending."""

    step: StepRef
    phase: str
    wave: int
    key: ResourceKey
    action: str
    state: StepState
    message: str
    tries: int
    hook: str
    uid: str
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class HistoryRecord:
    """One deployment of an application; `entry` is as it stood in `status.history`."""

    id: int
    entry: JsonObject
    deployed_at: datetime
    operation_id: str
    manifest_set: str


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """A row of the audit; `sequence` counts from 1 without gaps, `digest` covers the row and the one before."""

    sequence: int
    at: datetime
    actor: str
    verb: str
    target: str
    outcome: AuditOutcome
    request_id: str
    parameters: JsonObject
    digest: str


@dataclass(frozen=True, slots=True)
class Intact:
    """The audit is whole: this many rows."""

    rows: int


@dataclass(frozen=True, slots=True)
class Broken:
    """The audit was tampered with; `sequence` is the first row that is wrong or missing."""

    sequence: int
    because: str


AuditVerdict = Intact | Broken
