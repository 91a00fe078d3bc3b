"""Streams: changes of applications and of one application's tree, as server-sent events or a JSON object per line.

Each ends when its session does, when the reader falls behind, or when it cannot be resumed; the reader then starts
afresh (7.11). Called by `routes`.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import msgspec
import orjson
from fastapi.responses import StreamingResponse

from api_server.deltas import Deltas
from api_server.errors import Aborted, ApiError, ResourceExhausted
from api_server.feed import Added, Event, Feed, line_of
from api_server.index import Index, Wanted
from api_server.records import Place, Record
from api_server.selectors import matches
from argosy.engine.settings import urls
from argosy.gateways.live.errors import LiveError

# A broken session ends its streams within this time, and proxies see that a stream is alive.
_BEAT_SECONDS = 4.0
# A tree that changes without end is sent this often.
_TREE_PAUSE_SECONDS = 0.2


class _Versioned(msgspec.Struct):
    """What is read of changes that are passed on."""

    version: str


Format = Literal["events", "lines"]


@dataclass(frozen=True, slots=True)
class Guard:
    """Asks again whether the reader may still read; raises an `ApiError` when it may not."""

    check: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Following:
    """What a reader of applications follows, of what it may read.

    `version` is where to go on, empty for everything from the start.
    """

    index: Index
    feed: Feed
    wanted: Wanted
    may_read: Callable[[Record], bool]
    version: str = ""


def answer(items: AsyncGenerator[bytes], guard: Guard, form: Format) -> StreamingResponse:
    """Return the stream as a response; `items` are JSON texts, an empty one is a sign of life."""
    media = "text/event-stream" if form == "events" else "application/json"
    # Proxies that buffer would hold events back.
    return StreamingResponse(_framed(items, guard, form), media_type=media, headers={"X-Accel-Buffering": "no"})


async def _framed(items: AsyncGenerator[bytes], guard: Guard, form: Format) -> AsyncGenerator[bytes]:
    clock = asyncio.get_running_loop().time
    checked = clock()
    try:
        async for item in items:
            if item:
                yield b"data: %b\n\n" % item if form == "events" else item + b"\n"
            elif form == "events":
                yield b":\n\n"
            if clock() - checked >= _BEAT_SECONDS:
                await guard.check()
                checked = clock()
    except ApiError as error:
        last = orjson.dumps({"error": error_of(error)})
        yield b"data: %b\n\n" % last if form == "events" else last + b"\n"
    finally:
        await items.aclose()


def error_of(error: ApiError) -> dict[str, object]:
    """Return an error as it stands in a stream."""
    return {"grpc_code": error.code, "http_code": error.status, "message": str(error), "http_status": "", "details": []}


async def applications(following: Following) -> AsyncGenerator[bytes]:
    """Yield the events of the applications that are wanted.

    Without a version, or for one application by name, it begins with what is there (as Argo CD does: a client that
    waits for one application must not miss its last change). Raises `Aborted` if the version is too old to go on from.
    """
    with following.feed.subscribed() as news:
        for event in _beginning(following):
            if _is_wanted(event.record, following):
                yield line_of(event)
        yield b""
        while True:
            events = await news.wait(_BEAT_SECONDS)
            if news.dropped:
                raise ResourceExhausted("too slow: events were lost; list again and go on from there")
            for event in events:
                if _is_wanted(event.record, following):
                    yield line_of(event)
            yield b""


def _beginning(following: Following) -> Iterable[Event]:
    if not following.version or following.wanted.name:
        return [Added(record) for record in following.index.find(following.wanted)]
    version = int(following.version) if following.version.isdecimal() else 0
    events = following.feed.after(version)
    if events is None:
        raise Aborted(f"resourceVersion {following.version} is too old to go on from; list again")
    return events


def _is_wanted(record: Record, following: Following) -> bool:
    """Return whether the reader may read the record and wants it: what the index is asked, without the index."""
    wanted = following.wanted
    return (
        following.may_read(record)
        and (wanted.projects is None or record.project in wanted.projects)
        and wanted.namespace in ("", record.place.namespace)
        and wanted.name in ("", record.place.name)
        and (not wanted.repository or urls.normalised(wanted.repository) in record.repositories)
        and matches(wanted.selector, record.labels)
    )


async def trees(deltas: Deltas, place: Place, read: Callable[[], Awaitable[bytes]]) -> AsyncGenerator[bytes]:
    """Yield the application's tree, and again each time it has changed; a tree that is the same is not sent again."""
    with deltas.followed(place) as woken:
        sent = b""
        while True:
            woken.clear()
            tree = await _read(read)
            if tree and tree != sent:
                sent = tree
                yield b'{"result":%b}' % tree
            else:
                yield b""
            while not await _is_woken(woken):
                yield b""
            await asyncio.sleep(_TREE_PAUSE_SECONDS)


async def tree_changes(deltas: Deltas, place: Place, read: Callable[[str], Awaitable[bytes]]) -> AsyncGenerator[bytes]:
    """Yield the application's tree, and from then on what changes in it; it begins afresh if changes were missed."""
    with deltas.followed(place) as woken:
        version = ""
        while True:
            woken.clear()
            since = version
            changes = await _read(lambda since=since: read(since))
            following = msgspec.json.decode(changes, type=_Versioned).version if changes else version
            yield b'{"result":%b}' % changes if following != version else b""
            version = following
            while not await _is_woken(woken):
                yield b""
            await asyncio.sleep(_TREE_PAUSE_SECONDS)


async def _is_woken(woken: asyncio.Event) -> bool:
    """Wait for the event, for one beat at most; return whether it came."""
    try:
        async with asyncio.timeout(_BEAT_SECONDS):
            return await woken.wait()
    except TimeoutError:
        return False


async def _read(read: Callable[[], Awaitable[bytes]]) -> bytes:
    """Return the tree, nothing while the controller has none or does not answer: the stream outlives that."""
    try:
        return await read()
    except LiveError:
        return b""
