"""The live objects of an application, owned ones included, in Argo CD's shape."""

from collections.abc import Mapping
from typing import Any

from msgspec import field

from argosy.engine.model.application import HealthStatus
from argosy.engine.model.base import Int64, Model


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


class HostResource(Model, frozen=True):
    """A resource of a cluster node; amounts are thousandths of its unit, of a core or of a byte."""

    resource_name: str
    requested_by_app: Int64 = 0
    requested_by_neighbors: Int64 = 0
    capacity: Int64 = 0


class Host(Model, frozen=True):
    """A cluster node on which pods of the application run; `system_info` is what Kubernetes says of it."""

    name: str
    resources_info: tuple[HostResource, ...] = ()
    system_info: Mapping[str, Any] = {}
    labels: Mapping[str, str] = {}


class ApplicationTree(Model, frozen=True):
    """All live objects of an application, owned ones included."""

    nodes: tuple[ResourceNode, ...] = ()
    orphaned_nodes: tuple[ResourceNode, ...] = ()
    hosts: tuple[Host, ...] = ()


class TreeChanges(Model, frozen=True):
    """What came or changed in a tree, and what went, since the version that the reader holds; `version` is the next.

    `whole` says that it is the tree itself: what is not in it is not there. `hosts` is None if they are as before.
    """

    version: str
    whole: bool = False
    nodes: tuple[ResourceNode, ...] = ()
    orphaned_nodes: tuple[ResourceNode, ...] = ()
    removed: tuple[ResourceRef, ...] = ()
    hosts: tuple[Host, ...] | None = None
