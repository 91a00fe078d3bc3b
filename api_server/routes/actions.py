"""`/api/v1/applications/{name}/resource/actions`: what can be done to one live object, and having it done (5.27)."""

from fastapi import APIRouter, Request, Response

from api_server import documents
from api_server.answers import encoded
from api_server.commands import actions as commands
from api_server.commands.actions import Wish
from api_server.errors import InvalidArgument
from api_server.queries.applications import Named
from api_server.requests import TheApplication, TheCaller, TheServer, decoded
from api_server.routes.applications import TheKey
from argosy.engine.model.resource import ResourceKey
from argosy.wire import actions as wire
from argosy.wire.actions import ResourceActionRunRequest, ResourceActions

router = APIRouter(prefix="/api/v1/applications/{name}/resource/actions", tags=["ApplicationService"])


@router.get("", operation_id="ApplicationService_ListResourceActions", openapi_extra=documents.answers(ResourceActions))
async def list_all(server: TheServer, caller: TheCaller, named: TheApplication, key: TheKey) -> Response:
    """List the actions that an object can have."""
    return encoded(wire.shown(await commands.offered(server, caller, named, key)))


@router.post(
    "",
    operation_id="ApplicationService_RunResourceAction",
    deprecated=True,
    openapi_extra=documents.takes_text(),
)
async def run(request: Request, server: TheServer, caller: TheCaller, named: TheApplication, key: TheKey) -> Response:
    """Have an action done to an object; the body is its name."""
    await commands.run(server, caller, named, key, Wish(await decoded(request, str), {}))
    return encoded({})


@router.post(
    "/v2",
    operation_id="ApplicationService_RunResourceActionV2",
    openapi_extra=documents.takes(ResourceActionRunRequest),
)
async def run_with_parameters(
    request: Request, server: TheServer, caller: TheCaller, named: TheApplication
) -> Response:
    """Have an action done to an object, with what it asks for."""
    asked = await decoded(request, ResourceActionRunRequest)
    if asked.name and asked.name != named.name:
        raise InvalidArgument(f"name: must be {named.name!r}, as in the path")
    where = Named(named.name, named.namespace or asked.app_namespace, named.project or asked.project)
    key = ResourceKey(asked.group, asked.kind, asked.namespace, asked.resource_name)
    parameters = {each.name: each.value for each in asked.resource_action_parameters}
    await commands.run(server, caller, where, key, Wish(asked.action, parameters))
    return encoded({})
