# ruff: noqa: FAST003  (a path's parameters are read by the dependencies that make one value of them)
"""`/api/v1/repositories`: list, register, try and remove repositories. A URL in a path is percent-encoded (7.13)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api_server.answers import encoded
from api_server.commands import repositories as commands
from api_server.queries import repositories as queries
from api_server.queries.repositories import Asked
from api_server.requests import Body, TheCaller, TheServer

router = APIRouter(prefix="/api/v1/repositories", tags=["RepositoryService"])


def asked_of(
    repo: str = "",
    project: Annotated[str, Query(alias="appProject")] = "",
    *,
    fresh: Annotated[bool, Query(alias="forceRefresh")] = False,
) -> Asked:
    """Return which repositories path and query name."""
    return Asked(repo, project, fresh)


TheEntry = Annotated[Asked, Depends(asked_of)]


@router.get("", operation_id="RepositoryService_ListRepositories")
async def list_all(server: TheServer, caller: TheCaller, asked: TheEntry) -> Response:
    """List repositories, each with whether it can be reached."""
    return encoded(await queries.list_all(server, caller, asked))


@router.post("", operation_id="RepositoryService_CreateRepository")
async def create(server: TheServer, caller: TheCaller, body: Body, *, upsert: bool = False) -> Response:
    """Register a repository."""
    return encoded(await commands.create(server, caller, body, upsert=upsert))


@router.post("/{repo:path}/validate", operation_id="RepositoryService_ValidateAccess")
async def validate(server: TheServer, caller: TheCaller, repo: str, body: Body) -> Response:
    """Try whether a repository can be reached; credentials come in the body only, a query would be logged."""
    given = {**body, "repo": repo} if isinstance(body, dict) else {"repo": repo}
    await commands.validate(server, caller, given)
    return encoded({})


@router.get("/{repo:path}", operation_id="RepositoryService_Get")
async def get(server: TheServer, caller: TheCaller, asked: TheEntry) -> Response:
    """Return a repository."""
    return encoded(await queries.get(server, caller, asked))


@router.delete("/{repo:path}", operation_id="RepositoryService_DeleteRepository")
async def delete(server: TheServer, caller: TheCaller, asked: TheEntry) -> Response:
    """Remove a repository."""
    await commands.delete(server, caller, asked)
    return encoded({})
