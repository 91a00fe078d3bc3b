"""The settings as one frozen value: what `read` makes of the settings objects, and what everyone looks into."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from argosy.engine.actions.defined import Actions
from argosy.engine.health.policy import Policy
from argosy.engine.model.rendering import ToolSettings
from argosy.engine.model.repository import Repository
from argosy.engine.normalise import KnownType, Rule
from argosy.engine.tracking import Tracking
from argosy.engine.tree.info import NOTHING_MORE, Shown

IN_CLUSTER_SERVER = "https://kubernetes.default.svc"
IN_CLUSTER_NAME = "in-cluster"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a key of a settings object; what was good last stays in force."""

    object: str
    key: str
    message: str

    def __str__(self) -> str:
        where = f"{self.object}, key {self.key}" if self.key else self.object
        return f"{where}: {self.message}"


@dataclass(frozen=True, slots=True)
class General:
    """How Argosy presents itself; `session_seconds` is how long a sign-in lasts."""

    url: str = ""
    additional_urls: tuple[str, ...] = ()
    session_seconds: float = 24 * 3600.0
    password_pattern: str = "^.{8,32}$"  # noqa: S105 (a pattern that passwords have to match)
    status_badge_enabled: bool = False
    status_badge_url: str = ""
    exec_enabled: bool = False
    impersonation_enabled: bool = False
    help_chat_url: str = ""
    help_chat_text: str = ""
    css_url: str = ""
    banner_content: str = ""
    banner_url: str = ""
    banner_permanent: bool = False
    banner_position: str = ""
    login_button_text: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A local account; without a password hash nobody can sign in to it."""

    name: str
    enabled: bool
    password_hash: str = field(default="", repr=False)
    password_changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Accounts:
    """The local accounts, and the key that session tokens are signed with (empty: nobody can sign in)."""

    admin: Account = Account("admin", enabled=True)
    secret_key: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class RepositoryEntry:
    """A repository or credential template, the Secret that holds it, and whether the API made that Secret."""

    secret: str
    repository: Repository
    managed: bool


@dataclass(frozen=True, slots=True)
class Cluster:
    """A destination cluster; `config` is Argo CD's connection JSON. `secret` is empty for the implicit in-cluster one.

    With `namespaces` only those are watched, and cluster-scoped kinds only if `cluster_resources`.
    """

    server: str
    name: str
    config: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    namespaces: tuple[str, ...] = ()
    cluster_resources: bool = False
    project: str = ""
    shard: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    secret: str = ""
    managed: bool = False


@dataclass(frozen=True, slots=True)
class Timers:
    """How often applications are compared without a reason, in seconds; 0 is never."""

    reconciliation: float = 120.0
    jitter: float = 60.0
    hard_reconciliation: float = 0.0


@dataclass(frozen=True, slots=True)
class ResourceFilter:
    """Kinds on clusters, all three lists of globs; an empty list is everything."""

    groups: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Watching:
    """Which kinds are watched: an exclusion beats an inclusion, inclusions for a cluster deny everything else."""

    exclusions: tuple[ResourceFilter, ...] = ()
    inclusions: tuple[ResourceFilter, ...] = ()
    respect_rbac: str = ""
    ignore_resource_updates: bool = True
    masked_annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """What is left out of every comparison; `ignore_status` is `all`, `crd` or `none`."""

    ignore_aggregated_roles: bool = False
    ignore_status: Literal["all", "crd", "none"] = "all"
    ignore_difference_on_resource_update: bool = True


@dataclass(frozen=True, slots=True)
class Customisations:
    """What users say of kinds: how their health is judged, what does not count, which actions they have.

    `ignored` rules are for differences, `ignored_updates` for events; `shipped` says whether the rules that come with
    Argosy count too. `jq_seconds` is what one object's jq expressions may take.
    """

    health: Policy = field(default_factory=Policy)
    ignored: tuple[Rule, ...] = ()
    ignored_updates: tuple[Rule, ...] = ()
    known_types: tuple[KnownType, ...] = ()
    actions: tuple[Actions, ...] = ()
    shipped: bool = True
    jq_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings at one moment.

    `texts` and `parameter_texts` are the accepted ones of `argocd-cm` and `argocd-cmd-params-cm`, from which the next
    reading goes on. `keyring` are the public keys that commits are verified by.
    """

    general: General = General()
    accounts: Accounts = Accounts()
    repositories: tuple[RepositoryEntry, ...] = ()
    repository_templates: tuple[RepositoryEntry, ...] = ()
    clusters: tuple[Cluster, ...] = (Cluster(IN_CLUSTER_SERVER, IN_CLUSTER_NAME),)
    tls_certs: Mapping[str, str] = field(default_factory=dict[str, str])
    known_hosts: str = ""
    keyring: tuple[str, ...] = ()
    tools: ToolSettings = field(default_factory=ToolSettings)
    tracking: Tracking = field(default_factory=Tracking)
    timers: Timers = Timers()
    watching: Watching = Watching()
    shown: Shown = NOTHING_MORE
    compare: CompareOptions = CompareOptions()
    customisations: Customisations = Customisations()
    texts: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    parameter_texts: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
