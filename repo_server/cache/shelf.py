"""Bytes on disk by name: sealed, verified when they are read, bounded in size, gone when they are long unused.

A folder that can be thrown away at any time. Records are appended to segments, many at a time, for a file each would
cost more than the render that it keeps. Each is compressed and sealed with AES-256-GCM under a key made from the
internal token, which is kept elsewhere: who has the folder alone can read nothing, not even a Secret's value, and what
was changed, cut off or put under another name does not open. Names are keyed hashes for the same reason. A new token
makes what is there unreadable, and it is dropped. Called by `renders`.

When there is no more room the oldest segment goes; what was asked for while it was among the oldest half was appended
anew, so that it stays.
"""

import asyncio
import contextlib
import hashlib
import hmac
import os
import secrets
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FORMAT = b"argosy renders 1"
_HEADER = struct.Struct(">I16s")
_NONCE = 12
_SEGMENTS = 16
_LARGEST = 256 * 1024 * 1024
_GATHERED_SECONDS = 0.25
_GATHERED_BYTES = 4 * 1024 * 1024
"""What is put is written together with what comes within this time, or up to so much: a thread that is woken for each
costs as much as the render.
"""

log = structlog.get_logger("repo_server")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a sealed record is: its segment, and its first byte and length there."""

    segment: int
    start: int
    length: int


class Shelf:
    """The records in one folder, `limit` bytes at most; `secret` is what the key is made from."""

    def __init__(self, folder: Path, *, secret: bytes, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        key = HKDF(algorithm=hashes.SHA256(), length=64, salt=None, info=_FORMAT).derive(secret)
        self._aead = AESGCM(key[:32])
        self._naming = key[32:]
        self._places: dict[bytes, _Place] = {}
        self._segments: dict[int, int] = {}  # sizes; the oldest first
        self._descriptors: dict[int, int] = {}
        self._waiting: dict[bytes, bytes] = {}
        self._gathered = 0  # bytes that came since the last were written
        self._hurry = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Take stock of the folder; a record that an earlier process left half written is passed over."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in sorted(path for path in self._folder.iterdir() if path.name.isdecimal() and path.is_file()):
            segment = int(path.name)
            self._segments[segment] = path.stat().st_size
            self._descriptors[segment] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            self._places.update(self._records(segment))
        self._make_room()
        # What comes is never appended behind a record that may be half written.
        self._begin_segment()

    def name(self, text: bytes) -> bytes:
        """Return the name under which the bytes that belong to a text are kept."""
        return hmac.digest(self._naming, text, hashlib.sha256)[:16]

    def get(self, name: bytes) -> bytes | None:
        """Return the bytes of a name; None if there are none, or they are not what was put there."""
        if (waiting := self._waiting.get(name)) is not None:
            return waiting
        place = self._places.get(name)
        if place is None:
            return None
        try:
            sealed = os.pread(self._descriptors[place.segment], place.length, place.start)
            content = self._opened(name, sealed)
        except (OSError, InvalidTag, ValueError, zlib.error) as error:
            log.warning("a remembered render cannot be read and is dropped", error=type(error).__name__)
            del self._places[name]
            return None
        if place.segment in list(self._segments)[: _SEGMENTS // 2] and len(self._segments) > _SEGMENTS // 2:
            self.put(name, content)
        return content

    def put(self, name: bytes, content: bytes) -> None:
        """Keep bytes under a name; they are written in the background, and can be got at once."""
        if len(content) > min(self._limit // _SEGMENTS, _LARGEST):
            return
        self._waiting[name] = content
        self._gathered += len(content)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        if self._gathered > min(self._limit // _SEGMENTS, _GATHERED_BYTES):
            self._hurry.set()

    async def close(self) -> None:
        """Return when everything is written; nothing can be asked any more."""
        await self.settle()
        for descriptor in self._descriptors.values():
            os.close(descriptor)
        self._descriptors.clear()

    async def settle(self) -> None:
        """Return when everything is written."""
        if self._writer is not None and not self._writer.done():
            self._hurry.set()
            await self._writer

    async def _write(self) -> None:
        while self._waiting:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), _GATHERED_SECONDS)
            self._hurry.clear()
            self._gathered = 0
            await self._write_all(dict(self._waiting))

    async def _write_all(self, batch: dict[bytes, bytes]) -> None:
        try:
            self._places.update(await asyncio.to_thread(self._append, batch))
        except OSError as error:
            log.warning("renders cannot be kept on disk", folder=str(self._folder), error=error.strerror)
        for name, content in batch.items():
            if self._waiting.get(name) is content:
                del self._waiting[name]
        self._make_room()

    def _append(self, batch: dict[bytes, bytes]) -> dict[bytes, _Place]:
        segment = next(reversed(self._segments))
        start = self._segments[segment]
        written = bytearray()
        places: dict[bytes, _Place] = {}
        for name, content in batch.items():
            sealed = self._sealed(name, content)
            written += _HEADER.pack(len(sealed), name)
            places[name] = _Place(segment, start + len(written), len(sealed))
            written += sealed
        position = start
        while position < start + len(written):
            position += os.pwrite(self._descriptors[segment], memoryview(written)[position - start :], position)
        self._segments[segment] = position
        return places

    def _sealed(self, name: bytes, content: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._aead.encrypt(nonce, zlib.compress(content, 1), name)

    def _opened(self, name: bytes, sealed: bytes) -> bytes:
        packed = self._aead.decrypt(sealed[:_NONCE], sealed[_NONCE:], name)
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(packed, _LARGEST)
        if not unpacking.eof:
            raise ValueError("larger than anything that was put here")
        return content

    def _records(self, segment: int) -> Iterator[tuple[bytes, _Place]]:
        position, size = 0, self._segments[segment]
        while position + _HEADER.size <= size:
            length, name = _HEADER.unpack(os.pread(self._descriptors[segment], _HEADER.size, position))
            position += _HEADER.size
            if position + length > size:
                return
            yield name, _Place(segment, position, length)
            position += length

    def _make_room(self) -> None:
        if self._segments and next(reversed(self._segments.values())) >= self._limit // _SEGMENTS:
            self._begin_segment()
        while sum(self._segments.values()) > self._limit and len(self._segments) > 1:
            oldest = next(iter(self._segments))
            del self._segments[oldest]
            os.close(self._descriptors.pop(oldest))
            self._places = {name: place for name, place in self._places.items() if place.segment != oldest}
            with contextlib.suppress(OSError):
                (self._folder / _named(oldest)).unlink()

    def _begin_segment(self) -> None:
        """Begin a segment behind the others; one that nothing was written to is begun again."""
        last = next(reversed(self._segments), 0)
        if self._segments.get(last) == 0:
            os.close(self._descriptors.pop(last))
            del self._segments[last]
            last -= 1
        path = self._folder / _named(last + 1)
        self._descriptors[last + 1] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, mode=0o600)
        self._segments[last + 1] = 0


def _named(segment: int) -> str:
    return f"{segment:010}"
