"""Delete a single live object that a person points at."""

from api_server import objects
from api_server.destinations import destination_of, opened
from api_server.errors import Unimplemented
from api_server.permission import find_application
from api_server.queries.applications import Named, view
from api_server.server import Caller, Server
from api_server.writing import Deed, audited
from argosy.engine.model.resource import ResourceKey
from argosy.gateways.kubernetes.port import Precondition, Propagation


def propagation(*, force: bool, orphan: bool) -> Propagation:
    """Return how what the object owns is deleted. Raises `Unimplemented` for a forced deletion."""
    if force:
        raise Unimplemented("force: deleting without the grace period is not supported yet")
    return "Orphan" if orphan else "Foreground"


async def delete(server: Server, caller: Caller, named: Named, key: ResourceKey, policy: Propagation) -> None:
    """Delete a live object of the application's tree.

    Raises `InvalidArgument` if it is not in the tree, `PermissionDenied` if the project does not permit it.
    """
    record = find_application(server, caller, named.place(server), project=named.project, action="delete")
    application = view(record)
    node = await objects.in_tree(server, record, key)
    entry = destination_of(server, application)
    deed = Deed("delete", f"resources/{record.place}/{key}", {"propagationPolicy": policy})
    async with audited(server, caller, deed), opened(server, entry) as cluster:
        resource = objects.served(await objects.kinds_of(cluster), key.group_kind, node.version)
        objects.check_permitted(server, application, key, resource, entry)
        await cluster.delete(
            resource, key.name, namespace=key.namespace, propagation=policy, precondition=Precondition(uid=node.uid)
        )
