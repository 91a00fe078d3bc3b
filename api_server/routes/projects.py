"""`/api/v1/projects`: read projects."""

from fastapi import APIRouter, Response

from api_server import documents
from api_server.answers import sent
from api_server.queries import projects as queries
from api_server.requests import TheCaller, TheServer
from argosy.engine.model.project import Project

router = APIRouter(prefix="/api/v1/projects", tags=["ProjectService"])


@router.get("", operation_id="ProjectService_List", openapi_extra=documents.answers_list(Project))
async def list_all(server: TheServer, caller: TheCaller, name: str = "") -> Response:
    """List projects."""
    return sent(queries.list_all(server, caller, name=name))


@router.get("/{name}", operation_id="ProjectService_Get", openapi_extra=documents.answers(Project))
async def get(server: TheServer, caller: TheCaller, name: str) -> Response:
    """Return a project."""
    return sent(queries.get(server, caller, name).body)
