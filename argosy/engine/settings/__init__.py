"""The settings objects -> one checked snapshot, with what is wrong in them; the same for the controller and the API."""

from argosy.engine.settings.clusters import Refusal, cluster_for
from argosy.engine.settings.reading import ACCOUNTS_SECRET, CONFIG_MAPS, Reading, is_settings, read
from argosy.engine.settings.repositories import entry_for, inherits, repository_for
from argosy.engine.settings.rules import rules_for
from argosy.engine.settings.snapshot import (
    IN_CLUSTER_NAME,
    IN_CLUSTER_SERVER,
    Account,
    Accounts,
    Cluster,
    CompareOptions,
    Customisations,
    General,
    Problem,
    RepositoryEntry,
    ResourceFilter,
    Settings,
    Timers,
    Watching,
)

__all__ = [
    "ACCOUNTS_SECRET",
    "CONFIG_MAPS",
    "IN_CLUSTER_NAME",
    "IN_CLUSTER_SERVER",
    "Account",
    "Accounts",
    "Cluster",
    "CompareOptions",
    "Customisations",
    "General",
    "Problem",
    "Reading",
    "Refusal",
    "RepositoryEntry",
    "ResourceFilter",
    "Settings",
    "Timers",
    "Watching",
    "cluster_for",
    "entry_for",
    "inherits",
    "is_settings",
    "read",
    "repository_for",
    "rules_for",
]
