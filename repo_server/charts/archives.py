"""The archives that were fetched, on disk, and their files as trees: charts and layers of artifacts alike.

A folder that can be thrown away at any time. A file's name says who asked for what (a keyed hash, so it tells nothing
of a credential, and what one entry may fetch never reaches another) and the SHA-256 of its content, which is verified
whenever it is read. Bounded in size, the longest unused goes first. In memory are the names in the archives that were
used lately and the contents of a few; whatever else is asked for is unpacked again. Called by `charts` and `oci`.
"""

import asyncio
import contextlib
import hashlib
import hmac
import os
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from argosy.gateways.clock import Clock
from repo_server.charts import archive
from repo_server.charts.archive import Packing, Unpacked, Unpacking
from repo_server.errors import Damaged, Refused
from repo_server.recent import Recent
from repo_server.shared_call import SharedCall
from repo_server.tree import Node, Tree

_ENDING = ".tgz"
_UNFINISHED = ".new"
_MOST_LISTINGS = 256
_MOST_ENTRIES = 50_000
_WARM_BYTES = 16 * 1024 * 1024
_NOTED_AFTER_SECONDS = 60.0

log = structlog.get_logger("repo_server")


@dataclass(frozen=True, kw_only=True)
class Packed:
    """An archive in the store: `name` is who asked for what, `digest` the SHA-256 of its content in hex."""

    name: str
    digest: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Files:
    """The files of an archive as a `Store` of a tree; contents are unpacked when they are asked for."""

    directories: Mapping[str, Mapping[str, Node]]
    read: Callable[[], Awaitable[Mapping[str, bytes]]]

    async def directory(self, identity: str) -> Mapping[str, Node]:
        """Return the entries of a directory by name."""
        return self.directories[identity]

    async def contents(self, identities: Sequence[str], *, limit: int) -> list[bytes]:
        """Return the bytes of files, in order. Raises `Refused` if they are more than `limit` bytes, or `Damaged`."""
        files = await self.read()
        found = [files[identity] for identity in identities]
        total = sum(map(len, found))
        if total > limit:
            raise Refused("limit_exceeded", f"the files to be read hold {total:,} bytes; the limit is {limit:,} bytes")
        return found


class Archives:
    """The store in one folder: at most `limit` bytes on disk."""

    def __init__(self, folder: Path, *, limit: int, clock: Clock) -> None:
        self._folder = folder
        self._limit = limit
        self._clock = clock
        self._key = b""
        self._packed: OrderedDict[str, Packed] = OrderedDict()  # the longest unused first
        self._noted: dict[str, float] = {}
        self._fetching: dict[str, SharedCall[Packed]] = {}
        self._listings: Recent[tuple[str, Packing], Unpacked] = Recent(
            most=_MOST_LISTINGS, weigh=_entries, heaviest=_MOST_ENTRIES
        )
        self._warm: Recent[tuple[str, Packing], Mapping[str, bytes]] = Recent(
            most=_MOST_LISTINGS, weigh=_bytes, heaviest=_WARM_BYTES
        )
        self._unpacking = asyncio.Lock()

    def open(self) -> None:
        """Make the folder and take stock of it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._key = _key(self._folder / "key")
        found: list[tuple[float, Packed]] = []
        for file in self._folder.iterdir():
            name, _, digest = file.stem.partition(".")
            if file.suffix == _UNFINISHED:
                file.unlink(missing_ok=True)
            elif file.suffix == _ENDING and digest:
                status = file.stat()
                found.append((status.st_mtime, Packed(name=name, digest=digest, size=status.st_size)))
        for _, packed in sorted(found, key=lambda item: item[0]):
            self._packed[packed.name] = packed
        self._make_room()

    def name(self, identity: bytes, *what: str) -> str:
        """Return the name of what somebody asked for."""
        return hmac.new(self._key, "\0".join([identity.hex(), *what]).encode(), hashlib.sha256).hexdigest()[:32]

    async def obtain(self, name: str, fetch: Callable[[], Awaitable[bytes]]) -> Packed:
        """Return the archive of a name, fetching it if it is not there; all who ask at once wait for one fetch."""
        packed = self._packed.get(name)
        if packed is not None:
            self._note(packed)
            return packed
        call = self._fetching.setdefault(name, SharedCall(lambda: self._fetch(name, fetch)))
        return await call.join()

    async def content(self, packed: Packed) -> bytes:
        """Return an archive as it was fetched. Raises `Damaged` if it is not there any more, or not the same."""
        try:
            content = await asyncio.to_thread(self._path(packed).read_bytes)
        except OSError as error:
            self._drop(packed)
            raise Damaged(f"an archive is gone from the store ({error.strerror})") from error
        if await asyncio.to_thread(_digest, content) != packed.digest:
            log.warning("an archive in the store is damaged and is dropped", digest=packed.digest)
            self._drop(packed)
            raise Damaged("an archive in the store is damaged")
        return content

    async def tree(self, packed: Packed, unpacking: Unpacking) -> Tree:
        """Return the files of an archive. Raises `Refused` if it is not sound, or `Damaged`."""
        key = packed.digest, unpacking.packing
        listing = self._listings.get(key)
        if listing is None:
            listing = await self._unpack(packed, unpacking)

        async def read() -> Mapping[str, bytes]:
            warm = self._warm.get(key)
            return warm if warm is not None else (await self._unpack(packed, unpacking)).files

        return Tree(store=Files(directories=listing.directories, read=read), root=listing.root, name=unpacking.name)

    async def _fetch(self, name: str, fetch: Callable[[], Awaitable[bytes]]) -> Packed:
        try:
            content = await fetch()
            packed = Packed(name=name, digest=await asyncio.to_thread(_digest, content), size=len(content))
            await asyncio.to_thread(self._write, packed, content)
        finally:
            self._fetching.pop(name, None)
        self._packed[name] = packed
        self._make_room()
        return packed

    async def _unpack(self, packed: Packed, unpacking: Unpacking) -> Unpacked:
        """Unpack one archive at a time, so that memory holds one whatever is asked for."""
        key = packed.digest, unpacking.packing
        async with self._unpacking:
            listing, warm = self._listings.get(key), self._warm.get(key)
            if listing is not None and warm is not None:
                return Unpacked(root=listing.root, directories=listing.directories, files=warm)
            content = await self.content(packed)
            try:
                unpacked = await asyncio.to_thread(archive.unpack, content, unpacking)
            except Refused:
                self._drop(packed)
                raise
            self._listings.put(key, Unpacked(root=unpacked.root, directories=unpacked.directories, files={}))
            if unpacked.size <= _WARM_BYTES:
                self._warm.put(key, unpacked.files)
            return unpacked

    def _write(self, packed: Packed, content: bytes) -> None:
        path = self._path(packed)
        unfinished = path.with_name(f"{packed.name}-{secrets.token_hex(4)}{_UNFINISHED}")
        try:
            unfinished.write_bytes(content)
            unfinished.replace(path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise Refused(
                "unavailable", f"a chart cannot be kept in {self._folder}: {error.strerror}; free some space there"
            ) from error

    def _note(self, packed: Packed) -> None:
        """Note that an archive was used, for the next process too, but not on disk each time."""
        self._packed.move_to_end(packed.name)
        now = self._clock.monotonic()
        if now - self._noted.get(packed.name, -_NOTED_AFTER_SECONDS) >= _NOTED_AFTER_SECONDS:
            self._noted[packed.name] = now
            with contextlib.suppress(OSError):
                os.utime(self._path(packed))

    def _make_room(self) -> None:
        """Drop what was unused longest, but never the last one: it is about to be used."""
        total = sum(packed.size for packed in self._packed.values())
        while total > self._limit and len(self._packed) > 1:
            oldest = next(iter(self._packed.values()))
            total -= oldest.size
            self._drop(oldest)

    def _drop(self, packed: Packed) -> None:
        self._packed.pop(packed.name, None)
        self._noted.pop(packed.name, None)
        with contextlib.suppress(OSError):
            self._path(packed).unlink(missing_ok=True)

    def _path(self, packed: Packed) -> Path:
        return self._folder / f"{packed.name}.{packed.digest}{_ENDING}"


def _entries(listing: Unpacked) -> int:
    return sum(map(len, listing.directories.values()))


def _bytes(files: Mapping[str, bytes]) -> int:
    return sum(map(len, files.values()))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _key(path: Path) -> bytes:
    with contextlib.suppress(FileNotFoundError):
        if key := path.read_bytes():
            return key
    key = secrets.token_bytes(32)
    path.touch(mode=0o600)
    path.write_bytes(key)
    return key
