"""The `AppProject` custom resource: what the applications of a team may use, and who may do what with them."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from argosy.engine.model.application import Destination
from argosy.engine.model.base import Int64, JsonObject, Metadata, Model

Description = Annotated[str, Meta(max_length=255)]


class GroupKindRule(Model, frozen=True):
    """A group and a kind, both globs."""

    group: str
    kind: str


class ClusterResourceRule(Model, frozen=True):
    """A cluster-scoped kind, and the names of the objects that it is about (a glob; all if empty)."""

    group: str
    kind: str
    name: str = ""


class JwtToken(Model, frozen=True):
    """A token that was given out for a role; times are seconds since 1970."""

    iat: Int64
    exp: Int64 = 0
    id: str = ""


class ProjectRole(Model, frozen=True):
    """Who may do what in a project."""

    name: str
    description: str = ""
    policies: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    jwt_tokens: tuple[JwtToken, ...] = ()


class SyncWindow(Model, frozen=True):
    """A time in which syncs are allowed or denied; `schedule` is cron with five fields."""

    kind: Literal["allow", "deny", ""] = ""
    schedule: str = ""
    duration: str = ""
    applications: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    manual_sync: bool = False
    time_zone: str = ""
    and_operator: bool = False
    description: Description = ""
    sync_overrun: bool = False


class OrphanedResourceKey(Model, frozen=True):
    """Orphans that are nobody's worry; all three are globs."""

    group: str = ""
    kind: str = ""
    name: str = ""


class OrphanedResources(Model, frozen=True):
    """Whether objects that no application owns are watched for, and `warn`ed of."""

    warn: bool | None = None
    ignore: tuple[OrphanedResourceKey, ...] = ()


class SignatureKey(Model, frozen=True):
    """A key that commits must be signed with (superseded by `source_integrity`)."""

    key_id: str = msgspec.field(name="keyID")


class SourceIntegrityRepository(Model, frozen=True):
    """A repository that a policy is about, as a glob."""

    url: str


class GpgPolicy(Model, frozen=True):
    """Which commits must be signed, and with which OpenPGP keys."""

    mode: Literal["none", "head", "strict"]
    keys: tuple[str, ...] = ()


class GitPolicy(Model, frozen=True):
    """What is required of the commits of some repositories."""

    repos: tuple[SourceIntegrityRepository, ...] = ()
    gpg: GpgPolicy | None = None


class GitIntegrity(Model, frozen=True):
    """The policies for Git sources."""

    policies: tuple[GitPolicy, ...] = ()


class SourceIntegrity(Model, frozen=True):
    """What sources must prove before they are rendered."""

    git: GitIntegrity | None = None


class DestinationServiceAccount(Model, frozen=True):
    """The service account that syncs to a destination act as; `server` and `namespace` are globs."""

    server: str
    default_service_account: str
    namespace: str = ""


class ProjectSpec(Model, frozen=True):
    """What the project permits; absent lists and empty ones are told apart where Argo CD does."""

    source_repos: tuple[str, ...] = ()
    destinations: tuple[Destination, ...] = ()
    description: Description = ""
    roles: tuple[ProjectRole, ...] = ()
    cluster_resource_whitelist: tuple[ClusterResourceRule, ...] = ()
    namespace_resource_blacklist: tuple[GroupKindRule, ...] = ()
    orphaned_resources: OrphanedResources | None = None
    sync_windows: tuple[SyncWindow, ...] = ()
    namespace_resource_whitelist: tuple[GroupKindRule, ...] | None = None
    signature_keys: tuple[SignatureKey, ...] = ()
    cluster_resource_blacklist: tuple[ClusterResourceRule, ...] = ()
    source_namespaces: tuple[str, ...] = ()
    permit_only_project_scoped_clusters: bool = False
    destination_service_accounts: tuple[DestinationServiceAccount, ...] = ()
    source_integrity: SourceIntegrity | None = None


class RoleTokens(Model, frozen=True):
    """The tokens of one role."""

    items: tuple[JwtToken, ...] = ()


class ProjectStatus(Model, frozen=True):
    """The tokens that were given out, by role."""

    jwt_tokens_by_role: dict[str, RoleTokens] = {}


class Project(Model, frozen=True):
    """A view of an `AppProject` object."""

    metadata: Metadata
    spec: ProjectSpec
    status: ProjectStatus = ProjectStatus()


def read(manifest: JsonObject) -> Project:
    """Decode an `AppProject` object.

    Raises `msgspec.ValidationError` naming the path of a field that does not have its type.
    """
    return msgspec.convert(manifest, Project, strict=False)
