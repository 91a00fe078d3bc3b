"""The `Application` custom resource: what a user wants, what was asked for, and what was seen."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import field

from argosy.engine.model.base import Int64, Metadata, Model, Time
from argosy.engine.model.operation import (
    Info,
    ManagedNamespaceMetadata,
    Operation,
    OperationInitiator,
    OperationState,
    RetryStrategy,
)
from argosy.engine.model.source import Source, SourceHydrator

SyncCode = Literal["Synced", "OutOfSync", "Unknown"]
HealthCode = Literal["Healthy", "Suspended", "Progressing", "Missing", "Degraded", "Unknown"]
SourceType = Literal["Helm", "Kustomize", "Directory", "Plugin"]
ConditionType = Literal[
    "DeletionError",
    "InvalidSpecError",
    "ComparisonError",
    "ChartLintWarning",
    "SourceWarning",
    "SyncError",
    "UnknownError",
    "SharedResourceWarning",
    "RepeatedResourceWarning",
    "ExcludedResourceWarning",
    "OrphanedResourceWarning",
]


class Destination(Model, frozen=True):
    """The cluster, by exactly one of `server` and `name`, and the namespace for objects that name none."""

    server: str = ""
    name: str = ""
    namespace: str = ""


class Automated(Model, frozen=True):
    """Automated sync: present means on, unless `enabled` is false."""

    prune: bool | None = None
    self_heal: bool | None = None
    allow_empty: bool | None = None
    enabled: bool | None = None


class SyncPolicy(Model, frozen=True):
    """When and how the application is synced."""

    automated: Automated | None = None
    sync_options: tuple[str, ...] = ()
    retry: RetryStrategy | None = None
    managed_namespace_metadata: ManagedNamespaceMetadata | None = None


class IgnoreDifference(Model, frozen=True):
    """Fields whose differences do not count; `group` and `kind` are globs."""

    kind: str
    group: str = ""
    name: str = ""
    namespace: str = ""
    json_pointers: tuple[str, ...] = ()
    jq_path_expressions: tuple[str, ...] = ()
    managed_fields_managers: tuple[str, ...] = ()


class ApplicationSpec(Model, frozen=True):
    """What the user wants."""

    project: str
    destination: Destination
    source: Source | None = None
    sources: tuple[Source, ...] = ()
    source_hydrator: SourceHydrator | None = None
    sync_policy: SyncPolicy | None = None
    ignore_differences: tuple[IgnoreDifference, ...] = ()
    info: tuple[Info, ...] = ()
    revision_history_limit: Int64 | None = None


class HealthStatus(Model, frozen=True):
    """The health of an object or application."""

    status: HealthCode | Literal[""] = ""
    message: str = ""
    last_transition_time: Time = ""


class ComparedTo(Model, frozen=True):
    """What the last comparison was made of."""

    destination: Destination
    source: Source | None = None
    sources: tuple[Source, ...] = ()
    ignore_differences: tuple[IgnoreDifference, ...] = ()


class SyncStatus(Model, frozen=True):
    """Whether what runs is what is wanted, at which revision."""

    status: SyncCode
    compared_to: ComparedTo | None = None
    revision: str = ""
    revisions: tuple[str, ...] = ()


class ResourceStatus(Model, frozen=True):
    """The state of one managed object."""

    kind: str = ""
    name: str = ""
    group: str = ""
    version: str = ""
    namespace: str = ""
    status: SyncCode | Literal[""] = ""
    health: HealthStatus | None = None
    hook: bool = False
    requires_pruning: bool = False
    sync_wave: int = 0
    requires_deletion_confirmation: bool = False


class Condition(Model, frozen=True):
    """Something that a person should know; types ending in Error are errors, Warning warnings."""

    type: ConditionType
    message: str
    last_transition_time: Time = ""


class RevisionHistory(Model, frozen=True):
    """A revision that was deployed."""

    id: int
    deployed_at: Time
    revision: str = ""
    revisions: tuple[str, ...] = ()
    source: Source | None = None
    sources: tuple[Source, ...] = ()
    deploy_started_at: Time = ""
    initiated_by: OperationInitiator | None = None


class Summary(Model, frozen=True):
    """What the list of applications shows beside the states."""

    external_urls: tuple[str, ...] = field(name="externalURLs", default=())
    images: tuple[str, ...] = ()
    is_app_of_apps: bool = False


class SuccessfulHydration(Model, frozen=True):
    """The last hydration that worked."""

    dry_sha: str = field(name="drySHA", default="")
    hydrated_sha: str = field(name="hydratedSHA", default="")
    source_hydrator: SourceHydrator | None = None


class HydrateOperation(Model, frozen=True):
    """The hydration that runs or ran last."""

    phase: Literal["Hydrating", "Failed", "Hydrated"]
    message: str
    started_at: Time = ""
    finished_at: Time = ""
    dry_sha: str = field(name="drySHA", default="")
    hydrated_sha: str = field(name="hydratedSHA", default="")
    source_hydrator: SourceHydrator | None = None


class HydratorStatus(Model, frozen=True):
    """How far the hydrator has come."""

    last_successful_operation: SuccessfulHydration | None = None
    current_operation: HydrateOperation | None = None
    last_compared_dry_revision: str = ""


class ApplicationStatus(Model, frozen=True):
    """What was seen at the last comparison and of the last operation; a small mirror, in Argo CD's shape."""

    sync: SyncStatus | None = None
    health: HealthStatus = HealthStatus()
    resources: tuple[ResourceStatus, ...] = ()
    resource_health_source: str = ""
    conditions: tuple[Condition, ...] = ()
    operation_state: OperationState | None = None
    history: tuple[RevisionHistory, ...] = ()
    summary: Summary = Summary()
    source_type: SourceType | Literal[""] = ""
    source_types: tuple[SourceType, ...] = ()
    reconciled_at: Time = ""
    observed_at: Time = ""
    controller_namespace: str = ""
    source_hydrator: HydratorStatus | None = None


class Application(Model, frozen=True):
    """A view of an `Application` object."""

    metadata: Metadata
    spec: ApplicationSpec
    status: ApplicationStatus = ApplicationStatus()
    operation: Operation | None = None

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources that are rendered: `spec.sources` when it is not empty, else the one of `spec.source`."""
        if self.spec.sources:
            return self.spec.sources
        return (self.spec.source,) if self.spec.source else ()

    @property
    def deleting(self) -> bool:
        """Whether somebody asked for the application to be deleted."""
        return bool(self.metadata.deletion_timestamp)


def read(manifest: Mapping[str, Any]) -> Application:
    """Decode an `Application` object.

    Raises `msgspec.ValidationError` naming the path of a field that does not have its type.
    """
    return msgspec.convert(manifest, Application, strict=False)


def instance_name(application: Application, *, control_namespace: str) -> str:
    """Return the name that tracking and overrides use: `name`, or `namespace_name` outside the control namespace."""
    metadata = application.metadata
    if metadata.namespace in ("", control_namespace):
        return metadata.name
    return f"{metadata.namespace}_{metadata.name}"
