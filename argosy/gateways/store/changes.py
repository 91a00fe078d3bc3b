"""What may be written into the SQL memory: each change is a value, and several commit together or not at all.

Made by the controller and the API server, carried out by `Store.commit` (changes, fenced by the lease's epoch) and
`Store.note` (notes, which anyone may write). All times are aware datetimes and come from the caller.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from argosy.engine.model.resource import Manifest, ResourceKey

JsonObject = Mapping[str, Any]

Origin = Literal["applied", "adopted"]
"""How an object came into the inventory: we applied it, or it carried our tracking id and had no entry."""

Outcome = Literal["Succeeded", "Failed", "Error"]
"""How an operation or an attempt ended, in the words of `operationState.phase`."""

StepState = Literal["pending", "running", "succeeded", "failed", "skipped"]
"""Where a step stands; the last three are final."""

AuditOutcome = Literal["intended", "succeeded", "failed", "denied"]
"""`intended` stands before a change in Kubernetes; its outcome follows as a row of its own, same `request_id`."""


class ApplicationRef(NamedTuple):
    """An application: the control namespace, and the instance name as tracking writes it (`name` or `ns_name`)."""

    control_namespace: str
    instance: str


class StepRef(NamedTuple):
    """A step: its operation, the number of the attempt (from 0), and its position in the attempt's plan (from 0)."""

    operation_id: str
    attempt: int
    position: int


@dataclass(frozen=True, slots=True)
class ClaimedObject:
    """An object that is about to be applied, or is being adopted; `uid` is empty while it is not known."""

    key: ResourceKey
    uid: str = ""


@dataclass(frozen=True, slots=True)
class AppliedObject:
    """An object that the API server accepted; `manifest` is what we wanted of it, kept for the next comparison.

    `receipt` is the `diff.receipt` of the server's answer, empty if there is none: by it an object is known that nobody
    has touched.
    """

    key: ResourceKey
    uid: str
    manifest: Manifest
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class ClaimObjects:
    """Enter objects in the inventory that are not in it yet; an entry that exists, whoever's it is, stays as it is.

    Written before an apply, so that a crash leaves no object without an entry, and when objects are adopted.
    """

    application: ApplicationRef
    cluster: str
    objects: tuple[ClaimedObject, ...]
    origin: Origin
    at: datetime
    operation_id: str = ""


@dataclass(frozen=True, slots=True)
class RecordApplied:
    """Note that objects were applied: the application owns them from now on, whoever did before."""

    application: ApplicationRef
    cluster: str
    objects: tuple[AppliedObject, ...]
    operation_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ForgetObjects:
    """Take objects out of the inventory of the application; what others own stays."""

    application: ApplicationRef
    cluster: str
    keys: tuple[ResourceKey, ...]


@dataclass(frozen=True, slots=True)
class ForgetApplication:
    """Take everything out of the inventory of a deleted application; operations, history and audit stay."""

    application: ApplicationRef


@dataclass(frozen=True, slots=True)
class OpenOperation:
    """Begin an operation. Raises `AlreadyRunning` while another of the application is open.

    `id` is a uuid4 in hex, `request` the `operation` object of the application.
    """

    id: str
    application: ApplicationRef
    application_uid: str
    requested_by: str
    automated: bool
    request: JsonObject
    started_at: datetime


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One thing to do to one object: `phase` and `wave` place it, `action` says what, `hook` names a hook object."""

    position: int
    phase: str
    wave: int
    key: ResourceKey
    action: str
    hook: str = ""


@dataclass(frozen=True, slots=True)
class BeginAttempt:
    """Begin an attempt of an open operation with its plan; all its steps are pending.

    `manifest_set` is a hash from `Store.keep_manifests`, empty if nothing was rendered. Raises `AlreadyEnded`.
    """

    operation_id: str
    number: int
    plan: JsonObject
    steps: tuple[PlannedStep, ...]
    started_at: datetime
    manifest_set: str = ""


@dataclass(frozen=True, slots=True)
class RecordStep:
    """Note where a step stands. Saying the same again changes nothing; leaving a final state raises `AlreadyEnded`.

    `uid` and `hook` name the hook object once they are known. Each `running` counts as one try.
    """

    step: StepRef
    state: StepState
    at: datetime
    message: str = ""
    uid: str = ""
    hook: str = ""


@dataclass(frozen=True, slots=True)
class EndAttempt:
    """End an attempt while its operation goes on to wait for the next. Raises `AlreadyEnded`."""

    operation_id: str
    number: int
    outcome: Outcome
    message: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CloseOperation:
    """End an operation, and the attempt that is still open. The first one wins, any later raises `AlreadyEnded`."""

    operation_id: str
    outcome: Outcome
    message: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AppendHistory:
    """Add to an application's history; `entry` is the entry of `status.history`, `id` counts as Argo CD counts.

    `application_uid` keeps apart applications that had the same name one after the other.
    """

    application: ApplicationRef
    application_uid: str
    id: int
    entry: JsonObject
    deployed_at: datetime
    operation_id: str
    manifest_set: str = ""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Remove what has outlived its use; history and audit, and what they refer to, always stay.

    Operations that ended before `before` and are in no history; manifest sets kept before it that nothing refers to.
    """

    before: datetime


@dataclass(frozen=True, slots=True)
class AppendAudit:
    """Who asked for what, of which object, and what came of it; `parameters` are redacted by the caller.

    In the same commit as a change in SQL; before and after a change in Kubernetes.
    """

    at: datetime
    actor: str
    verb: str
    target: str
    outcome: AuditOutcome
    request_id: str
    parameters: JsonObject


@dataclass(frozen=True, slots=True)
class RevokeToken:
    """Make a session token worthless; `until` is when it would expire anyway. `jti` is its id."""

    jti: str
    until: datetime


@dataclass(frozen=True, slots=True)
class RecordFailedSignIn:
    """Count a failed sign-in; the count starts again when the last one is longer ago than `window`."""

    username: str
    at: datetime
    window: timedelta


@dataclass(frozen=True, slots=True)
class ForgetFailedSignIns:
    """Start the count again, since the user has signed in."""

    username: str


@dataclass(frozen=True, slots=True)
class ForgetExpired:
    """Remove revoked tokens that have expired, and failed sign-ins that are longer ago than `window`."""

    now: datetime
    window: timedelta


InventoryChange = ClaimObjects | RecordApplied | ForgetObjects | ForgetApplication
OperationChange = OpenOperation | BeginAttempt | RecordStep | EndAttempt | CloseOperation
SignInNote = RevokeToken | RecordFailedSignIn | ForgetFailedSignIns | ForgetExpired

Note = AppendAudit | SignInNote
"""What anyone may write, lease or not."""

Change = InventoryChange | OperationChange | AppendHistory | Sweep | Note
"""What the holder of the lease may write."""
