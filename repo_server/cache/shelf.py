"""Bytes on disk by name: sealed, verified when they are read, bounded in size, gone when they are longest unused.

A folder that can be thrown away at any time. Each file is compressed and sealed with AES-256-GCM under a key made from
the internal token, which is kept elsewhere: who has the folder alone can read nothing, not even a Secret's value, and
what was changed or cut off does not open. Names are keyed hashes for the same reason. A new token makes what is there
unreadable, and it is dropped. Called by `renders`.
"""

import asyncio
import contextlib
import hashlib
import hmac
import os
import secrets
import zlib
from collections import OrderedDict
from pathlib import Path

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from argosy.gateways.clock import Clock

_NONCE = 12
_FORMAT = b"argosy renders 1"
_NOTED_AFTER_SECONDS = 60.0
_LARGEST = 256 * 1024 * 1024

log = structlog.get_logger("repo_server")


class Shelf:
    """The files of one folder, `limit` bytes at most; `secret` is what the key is made from."""

    def __init__(self, folder: Path, *, secret: bytes, limit: int, clock: Clock) -> None:
        self._folder = folder
        self._limit = limit
        self._clock = clock
        key = HKDF(algorithm=hashes.SHA256(), length=64, salt=None, info=_FORMAT).derive(secret)
        self._seal = AESGCM(key[:32])
        self._naming = key[32:]
        self._sizes: OrderedDict[str, int] = OrderedDict()  # the longest unused first
        self._total = 0
        self._noted: dict[str, float] = {}
        self._waiting: dict[str, bytes] = {}
        self._writer: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Take stock of the folder, and of what an earlier process left half written."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found: list[tuple[float, str, int]] = []
        for file in self._folder.glob("??/*"):
            if file.suffix == ".new":
                file.unlink(missing_ok=True)
                continue
            status = file.stat()
            found.append((status.st_mtime, file.name, status.st_size))
        for _, name, size in sorted(found):
            self._sizes[name] = size
            self._total += size
        self._make_room()

    def name(self, text: bytes) -> str:
        """Return the name under which the bytes that belong to a text are kept."""
        return hmac.new(self._naming, text, hashlib.sha256).hexdigest()

    def get(self, name: str) -> bytes | None:
        """Return the bytes of a name; None if there are none, or they are not what was put there."""
        if (waiting := self._waiting.get(name)) is not None:
            return waiting
        if name not in self._sizes:
            return None
        try:
            content = self._opened(name, self._path(name).read_bytes())
        except (OSError, InvalidTag, ValueError, zlib.error) as error:
            log.warning("a remembered render cannot be read and is dropped", name=name, error=type(error).__name__)
            self._drop(name)
            return None
        self._note(name)
        return content

    def put(self, name: str, content: bytes) -> None:
        """Keep bytes under a name; they are written in the background, and can be got at once."""
        if len(content) > min(self._limit, _LARGEST):
            return
        self._waiting[name] = content
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())

    async def close(self) -> None:
        """Return when everything is written."""
        if self._writer is not None:
            await self._writer

    async def _write(self) -> None:
        while self._waiting:
            name, content = next(iter(self._waiting.items()))
            try:
                size = await asyncio.to_thread(self._store, name, content)
            except OSError as error:
                log.warning("renders cannot be kept on disk", folder=str(self._folder), error=error.strerror)
            else:
                self._total += size - self._sizes.pop(name, 0)
                self._sizes[name] = size
            if self._waiting.get(name) is content:
                del self._waiting[name]
            self._make_room()

    def _store(self, name: str, content: bytes) -> int:
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self._seal.encrypt(nonce, zlib.compress(content, 1), name.encode())
        path = self._path(name)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        unfinished = path.with_suffix(".new")
        with open(unfinished, "wb", opener=_private) as file:
            file.write(sealed)
        unfinished.replace(path)
        return len(sealed)

    def _opened(self, name: str, sealed: bytes) -> bytes:
        """Open what was sealed under this very name: a file that was moved does not open either."""
        packed = self._seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(packed, _LARGEST)
        if not unpacking.eof:
            raise ValueError("larger than anything that was put here")
        return content

    def _note(self, name: str) -> None:
        """Note that a file was used, for the next process too, but not on disk each time."""
        self._sizes.move_to_end(name)
        now = self._clock.monotonic()
        if now - self._noted.get(name, -_NOTED_AFTER_SECONDS) >= _NOTED_AFTER_SECONDS:
            self._noted[name] = now
            with contextlib.suppress(OSError):
                os.utime(self._path(name))

    def _make_room(self) -> None:
        while self._total > self._limit and self._sizes:
            self._drop(next(iter(self._sizes)))

    def _drop(self, name: str) -> None:
        self._total -= self._sizes.pop(name, 0)
        self._noted.pop(name, None)
        with contextlib.suppress(OSError):
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
