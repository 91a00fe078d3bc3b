"""Reads a mirror's object store by object id: no checkout, no lock, no names.

Git is told ids and nothing else, so no path or revision that a user wrote can reach it. Objects never change, so what
was parsed of a directory is remembered. Called by `git.mirror`, and by `tree` through its `Store`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from repo_server.errors import Damaged, Refused
from repo_server.git.catfile import CatFile
from repo_server.recent import Recent, RecentBytes
from repo_server.tree import Kind, Node

_Found = TypeVar("_Found")

_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_START_OF_ID = re.compile(r"[0-9a-f]{7,64}")
_KINDS: Mapping[bytes, Kind] = {b"40000": "directory", b"120000": "link", b"160000": "submodule"}
_EXECUTABLE = b"100755"
_REMEMBERED_DIRECTORIES = 4096
_REMEMBERED_COMMITS = 1024
_SMALL = 16 * 1024
_SMALL_TOGETHER = 512 * 1024
_LARGEST_DIRECTORY = 16 * 1024 * 1024
_LARGEST_TEXT = 32 * 1024 * 1024
_TEXTS_AT_ONCE = 16


class Objects:
    """The object store of one mirror. Every method raises `Damaged` if an object that must be there is not."""

    def __init__(self, folder: Path) -> None:
        self._git = CatFile(folder)
        self._directories: Recent[str, Mapping[str, Node]] = Recent(most=_REMEMBERED_DIRECTORIES)
        self._roots: Recent[str, str] = Recent(most=_REMEMBERED_COMMITS)
        self._small: RecentBytes[str, bytes] = RecentBytes(_SMALL_TOGETHER)

    async def commit_id(self, start: str) -> str:
        """Return the full id of the commit whose id begins like that; empty if there is none, or are several."""
        if self._roots.get(start) is not None:
            return start
        if not _START_OF_ID.fullmatch(start):
            return ""
        (header,) = await self._git.headers([start])
        return header.identity if header is not None and header.type == "commit" else ""

    async def texts(self, identities: Sequence[str]) -> list[bytes]:
        """Return the texts of commits and tags, in order. Raises `Refused` for one of more than 32 MiB."""
        found: list[bytes] = []
        for start in range(0, len(identities), _TEXTS_AT_ONCE):
            some = identities[start : start + _TEXTS_AT_ONCE]
            found += await self.contents(some, limit=_LARGEST_TEXT)
        return found

    async def peeled(self, identity: str) -> str:
        """Return the id of the commit that a tag object leads to; empty if it leads to none, or is not here."""
        if not _ID.fullmatch(identity):
            return ""
        (header,) = await self._git.headers([f"{identity}^{{commit}}"])
        return header.identity if header is not None else ""

    async def root(self, commit: str) -> str:
        """Return the id of a commit's root directory."""
        if (known := self._roots.get(commit)) is not None:
            return known
        if not _ID.fullmatch(commit):
            raise Damaged(f"{commit[:80]!r} is no object id")
        (header,) = await self._git.headers([f"{commit}^{{tree}}"])
        return self._roots.put(commit, _present(header, f"of the files of commit {commit}").identity)

    async def directory(self, identity: str) -> Mapping[str, Node]:
        """Return the entries of a directory by name."""
        if (known := self._directories.get(identity)) is not None:
            return known
        (content,) = await self.contents([identity], limit=_LARGEST_DIRECTORY)
        try:
            entries = dict(_entries(content, width=len(identity) // 2))
        except ValueError as error:
            raise Damaged(f"object {identity} is no directory") from error
        return self._directories.put(identity, entries)

    async def contents(self, identities: Sequence[str], *, limit: int) -> list[bytes]:
        """Return the bytes of objects, in order. Raises `Refused` if they are more than `limit` bytes together."""
        known = {identity: self._small.get(identity) for identity in identities}
        unknown = [identity for identity, content in known.items() if content is None]
        headers = await self._git.headers(unknown) if unknown else []
        sizes = {each: _present(header, each).size for each, header in zip(unknown, headers, strict=True)}
        total = sum(sizes[each] if (content := known[each]) is None else len(content) for each in identities)
        if total > limit:
            raise Refused(
                "limit_exceeded", f"the files to be read hold {total:,} bytes together; the limit is {limit:,} bytes"
            )
        for identity, content in zip(unknown, await self._git.contents(unknown) if unknown else [], strict=True):
            known[identity] = content
            if content is not None and len(content) <= _SMALL:
                self._small.put(identity, content, size=len(content))
        return [_present(known[identity], identity) for identity in identities]

    async def close(self) -> None:
        """End the process that reads; it is started again when it is needed."""
        await self._git.close()


def _present(found: _Found | None, identity: str) -> _Found:
    if found is None:
        raise Damaged(f"object {identity} is missing")
    return found


def _entries(content: bytes, *, width: int) -> Iterator[tuple[str, Node]]:
    """Take a tree object apart: "<mode> <name>NUL<id>" over and over."""
    position = 0
    while position < len(content):
        space = content.index(b" ", position)
        end = content.index(b"\0", space)
        identity = content[end + 1 : end + 1 + width].hex()
        name = content[space + 1 : end].decode("utf-8", "surrogateescape")
        # Old tools put a zero before the mode of a directory.
        mode = content[position:space].lstrip(b"0")
        yield name, Node(kind=_KINDS.get(mode, "file"), identity=identity, executable=mode == _EXECUTABLE)
        position = end + 1 + width
