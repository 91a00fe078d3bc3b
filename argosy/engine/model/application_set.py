"""The `ApplicationSet` custom resource: a template, and generators of the parameters that it is filled with."""

from typing import Literal

from msgspec import field

from argosy.engine.model.application import ApplicationSpec, HealthStatus, ResourceStatus
from argosy.engine.model.base import Int64, IntOrString, Metadata, Model, Time
from argosy.engine.model.generators import Generator, TemplateMetadata


class ApplicationTemplate(Model, frozen=True):
    """The application that each set of parameters becomes."""

    metadata: TemplateMetadata
    spec: ApplicationSpec


class ApplicationSetSyncPolicy(Model, frozen=True):
    """What the controller may do with the applications it generated."""

    preserve_resources_on_deletion: bool = False
    applications_sync: Literal["create-only", "create-update", "create-delete", "sync"] | None = None


class ApplicationRequirement(Model, frozen=True):
    """A condition on a label of a generated application: `In` or `NotIn`."""

    key: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()


class RolloutStep(Model, frozen=True):
    """Applications that are updated together, at most `max_update` of them at a time."""

    match_expressions: tuple[ApplicationRequirement, ...] = ()
    max_update: IntOrString | None = None


class RolloutStrategy(Model, frozen=True):
    """The steps of a rolling sync, in order."""

    steps: tuple[RolloutStep, ...] = ()


class Strategy(Model, frozen=True):
    """In which order generated applications are updated and deleted."""

    type: str = ""
    rolling_sync: RolloutStrategy | None = None
    deletion_order: str = ""


class PreservedFields(Model, frozen=True):
    """Annotations and labels of generated applications that others may set."""

    annotations: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


class IgnoreApplicationDifference(Model, frozen=True):
    """Fields of generated applications that others may change."""

    name: str = ""
    json_pointers: tuple[str, ...] = ()
    jq_path_expressions: tuple[str, ...] = ()


class ApplicationSetSpec(Model, frozen=True):
    """What is generated, and how."""

    generators: tuple[Generator, ...]
    template: ApplicationTemplate
    go_template: bool = False
    go_template_options: tuple[str, ...] = ()
    template_patch: str | None = None
    sync_policy: ApplicationSetSyncPolicy | None = None
    strategy: Strategy | None = None
    preserved_fields: PreservedFields | None = None
    ignore_application_differences: tuple[IgnoreApplicationDifference, ...] = ()
    apply_nested_selectors: bool = False


class ApplicationSetCondition(Model, frozen=True):
    """Something that a person should know of the set."""

    type: str
    status: str
    reason: str
    message: str
    last_transition_time: Time = ""


class ApplicationSetApplicationStatus(Model, frozen=True):
    """How far a rolling sync has come with one application."""

    application: str
    message: str
    status: str
    step: str
    target_revisions: tuple[str, ...] = field(name="targetRevisions")
    last_transition_time: Time = ""


class ApplicationSetStatus(Model, frozen=True):
    """What became of the generated applications."""

    conditions: tuple[ApplicationSetCondition, ...] = ()
    application_status: tuple[ApplicationSetApplicationStatus, ...] = ()
    resources: tuple[ResourceStatus, ...] = ()
    resources_count: Int64 = 0
    health: HealthStatus = HealthStatus()


class ApplicationSet(Model, frozen=True):
    """A view of an `ApplicationSet` object."""

    metadata: Metadata
    spec: ApplicationSetSpec
    status: ApplicationSetStatus = ApplicationSetStatus()
