# ruff: noqa: FAST003  (a path's parameters are read by the dependencies that make one value of them)
"""`/api/v1/applications/{name}/sync` and its neighbours: start and end an application's operation."""

from fastapi import APIRouter, Request, Response

from api_server import documents
from api_server.answers import encoded, sent
from api_server.commands import operations as commands
from api_server.commands.operations import RollbackRequest, SyncRequest
from api_server.queries.applications import Named
from api_server.requests import TheApplication, TheCaller, TheServer, decoded
from argosy.engine.model.application import Application

router = APIRouter(prefix="/api/v1/applications", tags=["ApplicationService"])


def _where(named: Named, asked: SyncRequest | RollbackRequest) -> Named:
    """Return the application that path, query and body name together."""
    return Named(named.name, named.namespace or asked.app_namespace, named.project or asked.project)


@router.post(
    "/{name}/sync", operation_id="ApplicationService_Sync", openapi_extra=documents.both(SyncRequest, Application)
)
async def sync(request: Request, server: TheServer, caller: TheCaller, named: TheApplication) -> Response:
    """Start a sync."""
    asked = await decoded(request, SyncRequest)
    return sent((await commands.sync(server, caller, _where(named, asked), asked)).body)


@router.post(
    "/{name}/rollback",
    operation_id="ApplicationService_Rollback",
    openapi_extra=documents.both(RollbackRequest, Application),
)
async def rollback(request: Request, server: TheServer, caller: TheCaller, named: TheApplication) -> Response:
    """Start a sync to what was deployed before."""
    asked = await decoded(request, RollbackRequest)
    return sent((await commands.rollback(server, caller, _where(named, asked), asked)).body)


@router.delete("/{name}/operation", operation_id="ApplicationService_TerminateOperation")
async def terminate(server: TheServer, caller: TheCaller, named: TheApplication) -> Response:
    """End the running operation."""
    await commands.terminate(server, caller, named)
    return encoded({})
