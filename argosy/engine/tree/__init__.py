"""Live objects -> the resource tree of an application. Called when the tree is asked for, from the live cache.

What an application's objects own is found by owner references (3.37).
"""

from collections import deque
from collections.abc import Callable, Iterable

from argosy.engine import health
from argosy.engine.model.application import HealthStatus
from argosy.engine.model.resource import Manifest, ResourceKey, key_of, version_of
from argosy.engine.model.tree import ApplicationTree, ResourceNode, ResourceRef
from argosy.engine.tree import info

__all__ = ["build", "info", "node_of"]

Children = Callable[[str], Iterable[Manifest]]
"""The live objects that have an owner with this uid."""


def build(roots: Iterable[Manifest], children: Children) -> ApplicationTree:
    """Return the tree below the roots, breadth first, each object once, sorted by key."""
    nodes: dict[ResourceKey, ResourceNode] = {}
    waiting: deque[tuple[Manifest, ResourceRef | None]] = deque((root, None) for root in roots)
    while waiting:
        manifest, parent = waiting.popleft()
        key = key_of(manifest)
        if key in nodes:
            continue
        nodes[key] = node_of(manifest, parent)
        reference = _reference(manifest)
        waiting.extend((child, reference) for child in children(reference.uid))
    return ApplicationTree(nodes=tuple(nodes[key] for key in sorted(nodes)))


def node_of(manifest: Manifest, parent: ResourceRef | None = None) -> ResourceNode:
    """Return the node of one live object."""
    key, metadata = key_of(manifest), manifest.get("metadata") or {}
    verdict = health.assess(manifest)
    return ResourceNode(
        kind=key.kind,
        name=key.name,
        group=key.group,
        version=version_of(manifest),
        namespace=key.namespace,
        uid=str(metadata.get("uid") or ""),
        parent_refs=() if parent is None else (parent,),
        info=info.info_of(manifest, key.group_kind),
        networking_info=info.networking_of(manifest, key.group_kind),
        resource_version=str(metadata.get("resourceVersion") or ""),
        images=info.images_of(manifest),
        health=None if verdict is None else HealthStatus(verdict.status, verdict.message),
        created_at=str(metadata.get("creationTimestamp") or ""),
    )


def _reference(manifest: Manifest) -> ResourceRef:
    key, uid = key_of(manifest), str((manifest.get("metadata") or {}).get("uid") or "")
    return ResourceRef(key.kind, key.name, key.group, version_of(manifest), key.namespace, uid)
