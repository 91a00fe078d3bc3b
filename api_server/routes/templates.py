"""`/api/v1/repocreds`: list, register and remove credential templates. A URL in a path is percent-encoded (7.13)."""

from fastapi import APIRouter, Response

from api_server.answers import encoded
from api_server.commands import templates as commands
from api_server.queries import templates as queries
from api_server.requests import Body, TheCaller, TheServer

router = APIRouter(prefix="/api/v1/repocreds", tags=["RepoCredsService"])


@router.get("", operation_id="RepoCredsService_ListRepositoryCredentials")
async def list_all(server: TheServer, caller: TheCaller, url: str = "") -> Response:
    """List credential templates, without their credentials."""
    return encoded(queries.list_all(server, caller, url=url))


@router.post("", operation_id="RepoCredsService_CreateRepositoryCredentials")
async def create(server: TheServer, caller: TheCaller, body: Body, *, upsert: bool = False) -> Response:
    """Register a credential template."""
    return encoded(await commands.create(server, caller, body, upsert=upsert))


@router.put("/{url:path}", operation_id="RepoCredsService_UpdateRepositoryCredentials")
async def update(server: TheServer, caller: TheCaller, url: str, body: Body) -> Response:
    """Change a credential template; secrets that are not sent stay."""
    return encoded(await commands.update(server, caller, url, body))


@router.delete("/{url:path}", operation_id="RepoCredsService_DeleteRepositoryCredentials")
async def delete(server: TheServer, caller: TheCaller, url: str) -> Response:
    """Remove a credential template."""
    await commands.delete(server, caller, url)
    return encoded({})
