"""Files that a repository keeps in Git LFS: pointers in, the files themselves out. Wraps a `Store` of `tree`.

Used by `git.submodules` for entries with enableLfs. The server is the repository's own, whatever the repository's
files say; it may keep the files on another host, which is reached by https only and told nothing of ours. What arrives
is taken only if it has the hash and size of its pointer. Files are kept in the mirror's folder, so that they are shared
by exactly those who share the mirror.
"""

import asyncio
import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from repo_server.errors import Refused
from repo_server.git.lfs_server import LfsServer
from repo_server.git.mirror import Mirror
from repo_server.tree import Node, Store
from repo_server.web.client import Web

_POINTER = re.compile(
    rb"version https://(?:git-lfs|hawser)\.github\.com/spec/v1\n"
    rb"oid sha256:(?P<oid>[0-9a-f]{64})\nsize (?P<size>\d{1,15})\n?"
)
_LONGEST_POINTER = 1024
_AT_ONCE = 8
_KEPT_BYTES = 1024 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Pointer:
    """What a repository holds in the place of a large file: the sha256 of the file, and its size in bytes."""

    oid: str
    size: int

    def is_of(self, content: bytes) -> bool:
        """Say whether this is the file."""
        return len(content) == self.size and hashlib.sha256(content).hexdigest() == self.oid


def pointer(content: bytes) -> Pointer | None:
    """Read a pointer; None for any other file."""
    match = _POINTER.fullmatch(content) if len(content) <= _LONGEST_POINTER else None
    return Pointer(oid=match["oid"].decode(), size=int(match["size"])) if match is not None else None


class LargeFiles:
    """The store of a commit of a mirror, pointers replaced by what they point to."""

    def __init__(self, store: Store, *, mirror: Mirror, root: str, web: Web) -> None:
        self._store = store
        self._server = LfsServer(store, mirror=mirror, root=root, web=web)
        self._shelf = _Shelf(mirror.folder / "lfs")
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def directory(self, identity: str) -> Mapping[str, Node]:
        """Return the entries of a directory by name."""
        return await self._store.directory(identity)

    async def contents(self, identities: Sequence[str], *, limit: int) -> list[bytes]:
        """Return the bytes of files, in order. Raises `Refused` if they are more than `limit` bytes together."""
        contents = await self._store.contents(identities, limit=limit)
        pointers = [pointer(content) for content in contents]
        wanted = {each.oid: each for each in pointers if each is not None}
        if not wanted:
            return contents
        total = sum(
            each.size if each is not None else len(content) for each, content in zip(pointers, contents, strict=True)
        )
        if total > limit:
            raise Refused(
                "limit_exceeded",
                f"the files to be read hold {total:,} bytes together, files in Git LFS among them; the limit is "
                f"{limit:,} bytes",
            )
        found = await self._all(list(wanted.values()))
        return [
            found[each.oid] if each is not None else content for each, content in zip(pointers, contents, strict=True)
        ]

    async def _all(self, wanted: Sequence[Pointer]) -> dict[str, bytes]:
        kept = await asyncio.gather(*(asyncio.to_thread(self._shelf.get, each) for each in wanted))
        found = {each.oid: content for each, content in zip(wanted, kept, strict=True) if content is not None}
        missing = [each for each in wanted if each.oid not in found]
        if missing:
            places = await self._server.places({each.oid: each.size for each in missing})

            async def download(each: Pointer) -> None:
                async with self._turns:
                    content = await self._server.download(places[each.oid], limit=each.size)
                if not each.is_of(content):
                    raise Refused(
                        "unavailable",
                        f"the Git LFS server of {self._server.name} sent something else for {each.oid[:12]} than its "
                        "pointer says (its hash or its size differ); the file was not taken",
                    )
                await asyncio.to_thread(self._shelf.put, each, content)
                found[each.oid] = content

            try:
                async with asyncio.TaskGroup() as group:
                    for each in missing:
                        group.create_task(download(each))
            except ExceptionGroup as several:
                # One file that cannot be had is reason enough, and the others were not waited for.
                raise several.exceptions[0] from None
        return found


class _Shelf:
    """Large files on disk by their hash; the longest unused go when there are more than 1 GiB."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, pointer: Pointer) -> bytes | None:
        """Return a file that is kept, and is whole."""
        path = self._folder / pointer.oid
        try:
            if path.stat().st_size != pointer.size:
                return None
            content = path.read_bytes()
            os.utime(path)
        except FileNotFoundError:
            return None
        return content if pointer.is_of(content) else None

    def put(self, pointer: Pointer, content: bytes) -> None:
        """Keep a file, whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = self._folder / f"{pointer.oid}.{secrets.token_hex(4)}"
        half.write_bytes(content)
        half.rename(self._folder / pointer.oid)
        self._tidy()

    def _tidy(self) -> None:
        kept: list[tuple[float, int, Path]] = []
        for path in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                look = path.stat()
                kept.append((look.st_mtime, look.st_size, path))
        excess = sum(size for _, size, _ in kept) - _KEPT_BYTES
        for _, size, path in sorted(kept):
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= size
