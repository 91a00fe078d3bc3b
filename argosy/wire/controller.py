"""What the application controller tells the API server, version 1; read-only, with `Authorization: Bearer <token>`.

Paths below hold `{namespace}` and `{name}` of an Application. The shapes are those of Argo CD's public API, secrets
already masked, so the API server passes them on as they are.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import field

from argosy.engine.model.application import HealthStatus
from argosy.engine.model.base import Model

TREE = "/v1/applications/{namespace}/{name}/resource-tree"
MANAGED = "/v1/applications/{namespace}/{name}/managed-resources"
RESOURCE = "/v1/applications/{namespace}/{name}/resource"
CLUSTERS = "/v1/clusters"
DELTAS = "/v1/deltas"


class ResourceRef(Model, frozen=True):
    """An object of a tree, by identity."""

    kind: str
    name: str
    group: str = ""
    version: str = ""
    namespace: str = ""
    uid: str = ""


class InfoItem(Model, frozen=True):
    """A fact that is shown beside a node: `Containers 1/1`, `Node a`."""

    name: str
    value: str


class IngressPoint(Model, frozen=True):
    """An address of a load balancer."""

    ip: str = ""
    hostname: str = ""


class NetworkingInfo(Model, frozen=True):
    """How traffic reaches the object."""

    target_labels: Mapping[str, str] = {}
    target_refs: tuple[ResourceRef, ...] = ()
    labels: Mapping[str, str] = {}
    ingress: tuple[IngressPoint, ...] = ()
    external_urls: tuple[str, ...] = field(name="externalURLs", default=())


class ResourceNode(Model, frozen=True):
    """A live object in the tree of an application; `created_at` is RFC 3339."""

    kind: str
    name: str
    group: str = ""
    version: str = ""
    namespace: str = ""
    uid: str = ""
    parent_refs: tuple[ResourceRef, ...] = ()
    info: tuple[InfoItem, ...] = ()
    networking_info: NetworkingInfo | None = None
    resource_version: str = ""
    images: tuple[str, ...] = ()
    health: HealthStatus | None = None
    created_at: str = ""


class ApplicationTree(Model, frozen=True):
    """All live objects of an application, owned ones included."""

    nodes: tuple[ResourceNode, ...] = ()
    orphaned_nodes: tuple[ResourceNode, ...] = ()
    hosts: tuple[Mapping[str, Any], ...] = ()


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
