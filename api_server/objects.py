"""A live object that a person points at: one of the application's tree, on its cluster, which the project permits.

All three are looked at anew each time, whatever the caller has seen before (S-031). Called by commands.
"""

from collections.abc import Sequence

import msgspec

from api_server.errors import InvalidArgument, PermissionDenied
from api_server.queries import projects
from api_server.records import Record
from api_server.server import Server
from argosy.engine import permits
from argosy.engine.model.application import Application
from argosy.engine.model.resource import GroupKind, ResourceKey
from argosy.engine.settings import Cluster as Entry
from argosy.gateways.kubernetes.port import ApiResource, Cluster
from argosy.wire.controller import ApplicationTree, ResourceNode


async def in_tree(server: Server, record: Record, key: ResourceKey) -> ResourceNode:
    """Return the object as the application's tree has it. Raises `InvalidArgument` if it is not there."""
    tree = await server.outside.live.tree(record.place.namespace, record.place.name)
    found = msgspec.json.decode(tree, type=ApplicationTree)
    for node in (*found.nodes, *found.orphaned_nodes):
        if ResourceKey(node.group, node.kind, node.namespace, node.name) == key:
            return node
    raise InvalidArgument(f"{key} not found as part of the application")


async def kinds_of(cluster: Cluster) -> Sequence[ApiResource]:
    """Return the kinds that the cluster serves."""
    return (await cluster.discover()).resources


def served(kinds: Sequence[ApiResource], kind: GroupKind, version: str) -> ApiResource:
    """Return how the cluster serves a kind, in this version if it can. Raises `InvalidArgument`."""
    found = [each for each in kinds if each.group_kind == kind]
    if not found:
        raise InvalidArgument(f"kind: the cluster does not serve {kind.kind} of group {kind.group!r}")
    return max(found, key=lambda each: (each.version == version, each.preferred))


def check_permitted(
    server: Server, application: Application, key: ResourceKey, resource: ApiResource, entry: Entry
) -> None:
    """Return if the application's project permits the object. Raises `PermissionDenied`."""
    project = projects.view(server, application.spec.project)
    if project is None:
        raise PermissionDenied(f"project {application.spec.project!r} does not exist")
    refusal = permits.refusal(project, key, namespaced=resource.namespaced, server=entry.server, name=entry.name)
    if refusal is not None:
        raise PermissionDenied(refusal)
