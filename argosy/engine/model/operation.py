"""A requested sync, and what has become of it: `operation` and `status.operationState`."""

from typing import Literal

from argosy.engine.model.base import Model, Time
from argosy.engine.model.source import Source

OperationPhase = Literal["Running", "Terminating", "Failed", "Error", "Succeeded"]
SyncPhase = Literal["PreSync", "Sync", "PostSync", "SyncFail"]
ResultCode = Literal["Synced", "SyncFailed", "Pruned", "PruneSkipped"]


class Info(Model, frozen=True):
    """A named text that is shown with the application or operation."""

    name: str
    value: str


class Backoff(Model, frozen=True):
    """How long to wait between attempts; durations are Go durations, a bare number means seconds."""

    duration: str = ""
    factor: int | None = None
    max_duration: str = ""


class RetryStrategy(Model, frozen=True):
    """How often a failed operation is tried again: 0 never, negative without limit."""

    limit: int = 0
    refresh: bool = False
    backoff: Backoff | None = None


class OperationInitiator(Model, frozen=True):
    """Who asked for an operation."""

    username: str = ""
    automated: bool = False


class ApplyStrategy(Model, frozen=True):
    """Apply without hooks; `force` deletes and recreates what cannot be changed in place."""

    force: bool = False


class SyncStrategy(Model, frozen=True):
    """How objects are applied; `hook` is the default."""

    apply: ApplyStrategy | None = None
    hook: ApplyStrategy | None = None


class SyncResource(Model, frozen=True):
    """An object that a selective sync is limited to."""

    kind: str
    name: str
    group: str = ""
    namespace: str = ""


class SyncOperation(Model, frozen=True):
    """What to sync, to which revision, and how."""

    revision: str = ""
    revisions: tuple[str, ...] = ()
    prune: bool = False
    dry_run: bool = False
    sync_strategy: SyncStrategy | None = None
    resources: tuple[SyncResource, ...] = ()
    source: Source | None = None
    sources: tuple[Source, ...] = ()
    manifests: tuple[str, ...] = ()
    sync_options: tuple[str, ...] = ()
    auto_heal_attempts_count: int = 0


class Operation(Model, frozen=True):
    """A request in the application's `operation` slot."""

    sync: SyncOperation | None = None
    initiated_by: OperationInitiator = OperationInitiator()
    info: tuple[Info, ...] = ()
    retry: RetryStrategy = RetryStrategy()


class ManagedNamespaceMetadata(Model, frozen=True):
    """Labels and annotations that are kept on the destination namespace."""

    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}


class ResourceResult(Model, frozen=True):
    """What an operation did to one object."""

    group: str
    version: str
    kind: str
    namespace: str
    name: str
    status: ResultCode | Literal[""] = ""
    message: str = ""
    hook_type: str = ""
    hook_phase: OperationPhase | Literal[""] = ""
    sync_phase: SyncPhase | Literal[""] = ""
    images: tuple[str, ...] = ()


class SyncResult(Model, frozen=True):
    """What an operation synced, object by object."""

    revision: str
    resources: tuple[ResourceResult, ...] = ()
    revisions: tuple[str, ...] = ()
    source: Source | None = None
    sources: tuple[Source, ...] = ()
    managed_namespace_metadata: ManagedNamespaceMetadata | None = None


class OperationState(Model, frozen=True):
    """The last or running operation; a wait for a retry is `Running` with `finished_at` set."""

    operation: Operation
    phase: OperationPhase
    started_at: Time
    message: str = ""
    sync_result: SyncResult | None = None
    finished_at: Time = ""
    retry_count: int = 0
