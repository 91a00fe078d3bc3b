"""One live object -> all that the tree shows of it and needs to know of it, without its parents.

The only module of `tree` that decodes nodes; what it returns depends on the object alone, so that callers remember it
for as long as the object stays at one version.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from argosy.engine import health
from argosy.engine.health.verdict import Health
from argosy.engine.model.application import HealthStatus
from argosy.engine.model.resource import Manifest, ResourceKey, version_of
from argosy.engine.model.tree import ResourceNode, ResourceRef
from argosy.engine.tree import info, owners, reading
from argosy.engine.tree.info import Shown

HealthOf = Callable[[Manifest], Health | None]


@dataclass(frozen=True, slots=True)
class Described:
    """A node without its parents, the uids of its owners, and the claims that it answers to as an owner."""

    key: ResourceKey
    node: ResourceNode
    owners: tuple[str, ...] = ()
    answers_to: tuple[ResourceKey, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """How objects are looked at: by which rule their health is judged, and what is shown beside them."""

    health_of: HealthOf = field(default=health.assess)
    shown: Shown = info.NOTHING_MORE


USUAL = View()


def describe(key: ResourceKey, manifest: Manifest, view: View = USUAL) -> Described:
    """Return what is shown of a live object; a field that is not of its type is not shown."""
    return Described(key, _node(key, manifest, view), owners.references(manifest), owners.answers_to(key, manifest))


def missing(key: ResourceKey, version: str) -> ResourceNode:
    """Return the node of an object that should run and does not."""
    return ResourceNode(key.kind, key.name, key.group, version, key.namespace, health=HealthStatus("Missing"))


def reference_to(node: ResourceNode) -> ResourceRef:
    """Return a reference to the object of a node."""
    return ResourceRef(node.kind, node.name, node.group, node.version, node.namespace, node.uid)


def key_of(node: ResourceNode) -> ResourceKey:
    """Return the key of the object of a node."""
    return ResourceKey(node.group, node.kind, node.namespace, node.name)


def _node(key: ResourceKey, manifest: Manifest, view: View) -> ResourceNode:
    verdict = view.health_of(manifest)
    return ResourceNode(
        kind=key.kind,
        name=key.name,
        group=key.group,
        version=version_of(manifest),
        namespace=key.namespace,
        uid=reading.text(manifest, "metadata", "uid"),
        info=info.info_of(manifest, key.group_kind, view.shown),
        networking_info=info.networking_of(manifest, key.group_kind),
        resource_version=reading.text(manifest, "metadata", "resourceVersion"),
        images=info.images_of(manifest),
        health=None if verdict is None else HealthStatus(verdict.status, verdict.message),
        created_at=reading.text(manifest, "metadata", "creationTimestamp"),
    )
