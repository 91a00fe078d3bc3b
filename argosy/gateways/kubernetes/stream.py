"""Read the body of lists and watches: bytes in, objects as bytes out, each decoded no further than needed. Pure."""

from collections.abc import AsyncIterable, AsyncIterator

import msgspec
import orjson
from msgspec import Raw, Struct, field

from argosy.gateways.kubernetes.errors import Unreachable
from argosy.gateways.kubernetes.port import ApiResource, Bookmark, Changed, Deleted, Page, Shape, WatchEvent

# Well above what etcd stores in one object; a server that sends more is broken or hostile.
MOST_LINE_BYTES = 32 * 1024 * 1024


class _ListMetadata(Struct, rename={"resource_version": "resourceVersion", "next": "continue"}):
    resource_version: str = ""
    next: str = ""


class _List(Struct):
    metadata: _ListMetadata = field(default_factory=_ListMetadata)
    items: list[Raw] | None = None


class _TypeMeta(Struct, rename="camel"):
    api_version: str = ""
    kind: str = ""


class _Described(Struct):
    metadata: Raw


class _Event(Struct):
    type: str
    object: Raw


class _Versioned(Struct):
    metadata: _ListMetadata = field(default_factory=_ListMetadata)


_decode_list = msgspec.json.Decoder(_List).decode
_decode_type = msgspec.json.Decoder(_TypeMeta).decode
_decode_described = msgspec.json.Decoder(_Described).decode
_decode_event = msgspec.json.Decoder(_Event).decode
_decode_version = msgspec.json.Decoder(_Versioned).decode


class BrokenStream(Exception):
    """A watch said ERROR; `status` is the `Status` object that it sent."""

    def __init__(self, status: bytes) -> None:
        super().__init__("the watch ended with an error")
        self.status = status


def read_page(body: bytes, resource: ApiResource, *, shape: Shape = "whole") -> Page:
    """Split a list into its objects, giving each the `apiVersion` and `kind` that built-in lists leave out.

    Raises `Unreachable` if it is not a list.
    """
    try:
        page = _decode_list(body)
        start = _start(resource)
        typed = _typed if shape == "whole" else _metadata_alone
        items = tuple(typed(bytes(item), start) for item in page.items or ())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreachable(f"the list of {resource.plural} is not a list: {error}") from error
    return Page(items, page.metadata.resource_version, page.metadata.next)


def _start(resource: ApiResource) -> bytes:
    return orjson.dumps({"apiVersion": resource.api_version, "kind": resource.kind})[:-1] + b","


def _typed(item: bytes, start: bytes) -> bytes:
    known = _decode_type(item)
    return item if known.api_version and known.kind else start + item[1:]


def _metadata_alone(item: bytes, start: bytes) -> bytes:
    """Return the object under its own kind, which the server does not name; a whole one is cut down."""
    return b'%b"metadata":%b}' % (start, bytes(_decode_described(item).metadata))


def read_event(line: bytes, resource: ApiResource, *, shape: Shape = "whole") -> WatchEvent | None:
    """Read a line of a watch; None for an event of an unknown type.

    Raises `BrokenStream` for an ERROR event, `Unreachable` for what is not an event.
    """
    try:
        event = _decode_event(line)
        manifest = bytes(event.object)
        if shape == "metadata" and event.type in ("ADDED", "MODIFIED", "DELETED"):
            manifest = _metadata_alone(manifest, _start(resource))
        match event.type:
            case "ADDED" | "MODIFIED":
                return Changed(manifest)
            case "DELETED":
                return Deleted(manifest)
            case "BOOKMARK":
                return Bookmark(_decode_version(manifest).metadata.resource_version)
            case "ERROR":
                raise BrokenStream(manifest)
            case _:
                return None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreachable(f"the watch sent what is not an event: {error}") from error


async def split_lines(chunks: AsyncIterable[bytes], *, most_bytes: int = MOST_LINE_BYTES) -> AsyncIterator[bytes]:
    """Yield the lines of a stream that arrives in pieces of any size; a last line without its end is left out.

    Raises `Unreachable` if a line is longer than `most_bytes`.
    """
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        first, *rest = chunk.split(b"\n")
        parts.append(first)
        size += len(first)
        if size > most_bytes:
            raise Unreachable(f"the watch sent an event of more than {most_bytes} bytes")
        if not rest:
            continue
        *whole, last = rest
        for line in (b"".join(parts), *whole):
            if line:
                yield line
        parts, size = [last], len(last)
