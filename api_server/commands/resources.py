"""Delete a single live object that a person points at: one of the application's tree, which its project permits."""

import msgspec

from api_server.destinations import destination_of, opened
from api_server.errors import InvalidArgument, PermissionDenied, Unimplemented
from api_server.permission import find_application
from api_server.queries import projects
from api_server.queries.applications import Named, view
from api_server.server import Caller, Server
from api_server.writing import Deed, audited
from argosy.engine import permits
from argosy.engine.model.application import Application
from argosy.engine.model.resource import ResourceKey
from argosy.engine.settings import Cluster as Entry
from argosy.gateways.kubernetes.port import ApiResource, Cluster, Precondition, Propagation
from argosy.wire.controller import ApplicationTree, ResourceNode


def propagation(*, force: bool, orphan: bool) -> Propagation:
    """Return how what the object owns is deleted. Raises `Unimplemented` for a forced deletion."""
    if force:
        raise Unimplemented("force: deleting without the grace period is not supported yet")
    return "Orphan" if orphan else "Foreground"


async def delete(server: Server, caller: Caller, named: Named, key: ResourceKey, policy: Propagation) -> None:
    """Delete a live object of the application's tree.

    Raises `InvalidArgument` if it is not in the tree, `PermissionDenied` if the project does not permit it: both are
    looked at anew, whatever the caller has seen before (S-031).
    """
    record = find_application(server, caller, named.place(server), project=named.project, action="delete")
    application = view(record)
    node = _found(await server.outside.live.tree(record.place.namespace, record.place.name), key)
    entry = destination_of(server, application)
    deed = Deed("delete", f"resources/{record.place}/{key}", {"propagationPolicy": policy})
    async with audited(server, caller, deed), opened(server, entry) as cluster:
        resource = await _served(cluster, node)
        _check_permitted(server, application, key, resource, entry)
        await cluster.delete(
            resource, key.name, namespace=key.namespace, propagation=policy, precondition=Precondition(uid=node.uid)
        )


def _found(tree: bytes, key: ResourceKey) -> ResourceNode:
    for node in msgspec.json.decode(tree, type=ApplicationTree).nodes:
        if ResourceKey(node.group, node.kind, node.namespace, node.name) == key:
            return node
    raise InvalidArgument(f"{key} not found as part of the application")


async def _served(cluster: Cluster, node: ResourceNode) -> ApiResource:
    kinds = (await cluster.discover()).resources
    found = [each for each in kinds if (each.group, each.kind) == (node.group, node.kind)]
    if not found:
        raise InvalidArgument(f"kind: the cluster does not serve {node.kind} of group {node.group!r} any more")
    return max(found, key=lambda each: each.version == node.version)


def _check_permitted(
    server: Server, application: Application, key: ResourceKey, resource: ApiResource, entry: Entry
) -> None:
    project = projects.view(server, application.spec.project)
    if project is None:
        raise PermissionDenied(f"project {application.spec.project!r} does not exist")
    refusal = permits.refusal(project, key, namespaced=resource.namespaced, server=entry.server, name=entry.name)
    if refusal is not None:
        raise PermissionDenied(refusal)
