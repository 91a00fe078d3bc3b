"""What the application controller tells the API server, version 1; read-only, with `Authorization: Bearer <token>`.

Paths below hold `{namespace}` and `{name}` of an Application. The shapes are those of Argo CD's public API, secrets
already masked, so the API server passes them on as they are.
"""

from argosy.engine.model.base import Model
from argosy.engine.model.explanation import Explanation
from argosy.engine.model.tree import (
    ApplicationTree,
    Host,
    HostResource,
    InfoItem,
    IngressPoint,
    NetworkingInfo,
    ResourceNode,
    ResourceRef,
    TreeChanges,
)

__all__ = [
    "CLUSTERS",
    "DELTAS",
    "EXPLANATION",
    "MANAGED",
    "RESOURCE",
    "TREE",
    "TREE_CHANGES",
    "ApplicationTree",
    "ClusterInfo",
    "ClusterInfos",
    "Delta",
    "Explanation",
    "Host",
    "HostResource",
    "InfoItem",
    "IngressPoint",
    "LiveManifest",
    "ManagedResource",
    "ManagedResources",
    "Missing",
    "NetworkingInfo",
    "ResourceNode",
    "ResourceRef",
    "TreeChanges",
]

TREE = "/v1/applications/{namespace}/{name}/resource-tree"
TREE_CHANGES = "/v1/applications/{namespace}/{name}/resource-tree/changes"
"""`?since=` the `version` of the last `TreeChanges` that the reader took; empty for the whole tree."""
EXPLANATION = "/v1/applications/{namespace}/{name}/explain"
MANAGED = "/v1/applications/{namespace}/{name}/managed-resources"
RESOURCE = "/v1/applications/{namespace}/{name}/resource"
CLUSTERS = "/v1/clusters"
DELTAS = "/v1/deltas"


class ManagedResource(Model, frozen=True):
    """The two sides of a managed object, each as a JSON text, `null` where the side is missing.

    `normalized_live_state` and `predicted_live_state` are what is compared: they differ exactly if `modified`.
    """

    kind: str
    name: str
    group: str = ""
    version: str = ""
    namespace: str = ""
    target_state: str = "null"
    live_state: str = "null"
    normalized_live_state: str = "null"
    predicted_live_state: str = "null"
    resource_version: str = ""
    hook: bool = False
    modified: bool = False


class ManagedResources(Model, frozen=True):
    """The managed objects of an application, in the order of `status.resources`."""

    items: tuple[ManagedResource, ...] = ()


class LiveManifest(Model, frozen=True):
    """A masked live object, as JSON text."""

    manifest: str


class ClusterInfo(Model, frozen=True):
    """What the controller knows of a destination cluster; times are RFC 3339."""

    server: str
    name: str = ""
    server_version: str = ""
    connection_status: str = "Unknown"
    connection_message: str = ""
    attempted_at: str = ""
    resources_count: int = 0
    apis_count: int = 0
    last_cache_sync_time: str = ""
    applications_count: int = 0
    api_versions: tuple[str, ...] = ()


class ClusterInfos(Model, frozen=True):
    """All destination clusters."""

    items: tuple[ClusterInfo, ...] = ()


class Delta(Model, frozen=True):
    """The tree or a managed object of this application changed: ask again. A line of the NDJSON stream `DELTAS`.

    `sequence` grows by one each time; after a gap (or on connecting) everything may have changed. A line with an empty
    name is a heartbeat.
    """

    sequence: int
    namespace: str = ""
    name: str = ""


class Missing(Model, frozen=True):
    """404: the controller does not hold what was asked for; `message` says what and why."""

    message: str
