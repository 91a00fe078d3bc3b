"""`/api/v1/clusters`: list, register and remove destination clusters, by address or (`id.type=name`) by name."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from api_server.answers import encoded
from api_server.commands import clusters as commands
from api_server.queries import clusters as queries
from api_server.requests import Body, TheCaller, TheServer

router = APIRouter(prefix="/api/v1/clusters", tags=["ClusterService"])

IdentityType = Annotated[Literal["", "url", "server", "name", "name_escaped"], Query(alias="id.type")]


def _by_name(kind: str) -> bool:
    return kind.startswith("name")


@router.get("", operation_id="ClusterService_List")
async def list_all(  # noqa: PLR0917 (FastAPI passes them by name)
    server: TheServer,
    caller: TheCaller,
    address: Annotated[str, Query(alias="server")] = "",
    name: str = "",
    kind: IdentityType = "",
    identity: Annotated[str, Query(alias="id.value")] = "",
) -> Response:
    """List clusters."""
    wanted_name = identity if identity and _by_name(kind) else name
    wanted_address = identity if identity and not _by_name(kind) else address
    return encoded(await queries.list_all(server, caller, address=wanted_address, name=wanted_name))


@router.post("", operation_id="ClusterService_Create")
async def create(server: TheServer, caller: TheCaller, body: Body, *, upsert: bool = False) -> Response:
    """Register a cluster."""
    return encoded(await commands.create(server, caller, body, upsert=upsert))


@router.get("/{identity:path}", operation_id="ClusterService_Get")
async def get(server: TheServer, caller: TheCaller, identity: str, kind: IdentityType = "") -> Response:
    """Return a cluster."""
    return encoded(await queries.get(server, caller, identity, by_name=_by_name(kind)))


@router.delete("/{identity:path}", operation_id="ClusterService_Delete")
async def delete(server: TheServer, caller: TheCaller, identity: str, kind: IdentityType = "") -> Response:
    """Remove a cluster; what runs in it stays."""
    await commands.delete(server, caller, identity, by_name=_by_name(kind))
    return encoded({})
