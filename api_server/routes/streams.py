# ruff: noqa: FAST003  (a path's parameters are read by the dependencies that make one value of them)
"""`/api/v1/stream`: changes as they happen, as server-sent events or a JSON object per line (7.11)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from api_server import stream
from api_server.queries import applications as queries
from api_server.queries.applications import Filter
from api_server.records import Record
from api_server.requests import TheApplication, TheCaller, TheDeltas, TheServer, session_of
from api_server.routes.applications import filter_of
from api_server.stream import Following, Format, Guard

router = APIRouter(prefix="/api/v1/stream/applications", tags=["ApplicationService"])


def format_of(request: Request) -> Format:
    """Return how the reader wants a stream."""
    return "events" if "text/event-stream" in request.headers.get("accept", "") else "lines"


def guard_of(request: Request) -> Guard:
    """Return the question whether the session that began a stream is still good."""

    async def check() -> None:
        await session_of(request)

    return Guard(check)


TheFormat = Annotated[Format, Depends(format_of)]
TheGuard = Annotated[Guard, Depends(guard_of)]
TheFilter = Annotated[Filter, Depends(filter_of)]


@router.get("", operation_id="ApplicationService_Watch", response_class=StreamingResponse)
async def watch(  # noqa: PLR0917 (FastAPI passes them by name)
    server: TheServer,
    caller: TheCaller,
    wish: TheFilter,
    guard: TheGuard,
    form: TheFormat,
    version: Annotated[str, Query(alias="resourceVersion")] = "",
) -> StreamingResponse:
    """Follow applications."""
    watched = server.watches.applications

    def may_read(record: Record) -> bool:
        return queries.may_read(server, caller, record)

    following = Following(watched.index, watched.feed, queries.wanted_of(wish), may_read, version)
    return stream.answer(stream.applications(following), guard, form)


@router.get(
    "/{name}/resource-tree",
    operation_id="ApplicationService_WatchResourceTree",
    response_class=StreamingResponse,
)
async def watch_tree(  # noqa: PLR0917 (FastAPI passes them by name)
    server: TheServer,
    caller: TheCaller,
    named: TheApplication,
    deltas: TheDeltas,
    guard: TheGuard,
    form: TheFormat,
    *,
    changes: bool = False,
) -> StreamingResponse:
    """Follow the resource tree of an application: the whole tree each time it has changed, or only its `changes`."""
    place = queries.get(server, caller, named).place

    async def read() -> bytes:
        return await queries.tree(server, caller, named)

    async def read_changes(since: str) -> bytes:
        return await queries.tree_changes(server, caller, named, since)

    if changes:
        return stream.answer(stream.tree_changes(deltas, place, read_changes), guard, form)

    return stream.answer(stream.trees(deltas, place, read), guard, form)
