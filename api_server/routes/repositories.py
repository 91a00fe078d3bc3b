# ruff: noqa: FAST003  (a path's parameters are read by the dependencies that make one value of them)
"""`/api/v1/repositories`: list, register, try and remove repositories, and look into them.

A URL in a path is percent-encoded (7.13).
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from api_server.answers import encoded
from api_server.commands import repositories as commands
from api_server.queries import repositories as queries
from api_server.queries import sources
from api_server.queries.repositories import Asked
from api_server.queries.sources import DetailsQuery
from api_server.requests import Body, TheCaller, TheServer, decoded


class BelowRepository(APIRoute):
    """A route whose last part stands behind the URL, as `/refs` does: what the encoded URL itself ends in is none.

    Once decoded, `https%3A%2F%2Fgit.example%2Forg%2Fapps` and `https%3A%2F%2Fgit.example%2Forg/apps` look the same.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether the route is meant."""
        last = self.path.rpartition("/")[2]
        sent: bytes = scope.get("raw_path") or scope["path"].encode()
        if not last.startswith("{") and not sent.partition(b"?")[0].endswith(f"/{last}".encode()):
            return Match.NONE, {}
        return super().matches(scope)


router = APIRouter(prefix="/api/v1/repositories", tags=["RepositoryService"], route_class=BelowRepository)


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


@router.post("/{repo:path}/appdetails", operation_id="RepositoryService_GetAppDetails")
async def app_details(request: Request, server: TheServer, caller: TheCaller, repo: str) -> Response:
    """Return what could be set about a source."""
    return encoded(await sources.details(server, caller, repo, await decoded(request, DetailsQuery)))


@router.get("/{repo:path}/apps", operation_id="RepositoryService_ListApps")
async def apps(
    server: TheServer,
    caller: TheCaller,
    asked: TheEntry,
    revision: str = "",
    name: Annotated[str, Query(alias="appName")] = "",
) -> Response:
    """Return the folders that could be applications."""
    return encoded(await sources.apps(server, caller, asked, revision=revision, name=name))


@router.get("/{repo:path}/refs", operation_id="RepositoryService_ListRefs")
async def refs(server: TheServer, caller: TheCaller, asked: TheEntry) -> Response:
    """Return the branches and tags of a Git repository."""
    return encoded(await sources.refs(server, caller, asked))


@router.get("/{repo:path}/helmcharts", operation_id="RepositoryService_GetHelmCharts")
async def helm_charts(server: TheServer, caller: TheCaller, asked: TheEntry) -> Response:
    """Return the charts of a chart repository with their versions."""
    return encoded(await sources.charts(server, caller, asked))


@router.get("/{repo:path}/oci-tags", operation_id="RepositoryService_ListOCITags")
async def oci_tags(server: TheServer, caller: TheCaller, asked: TheEntry) -> Response:
    """Return the tags of a repository in an OCI registry."""
    return encoded(await sources.tags(server, caller, asked))


@router.get("/{repo:path}", operation_id="RepositoryService_Get")
async def get(server: TheServer, caller: TheCaller, asked: TheEntry) -> Response:
    """Return a repository."""
    return encoded(await queries.get(server, caller, asked))


@router.put("/{repo:path}", operation_id="RepositoryService_UpdateRepository")
async def update(server: TheServer, caller: TheCaller, repo: str, body: Body) -> Response:
    """Change a repository; secrets that are not sent stay."""
    return encoded(await commands.update(server, caller, repo, body))


@router.delete("/{repo:path}", operation_id="RepositoryService_DeleteRepository")
async def delete(server: TheServer, caller: TheCaller, asked: TheEntry) -> Response:
    """Remove a repository."""
    await commands.delete(server, caller, asked)
    return encoded({})
