"""A folder on disk as the files of a source: a `Store` that a `Tree` stands on, as a commit or a chart is.

Comes in: a folder. Goes out: its files, and never one outside of it. Everything is opened relative to the handle of the
folder that it is in and without following links, so that nothing swapped in meanwhile leads elsewhere; links are
followed by `Tree`, which keeps them inside. `.git` is not there, nor is what is neither file, folder nor link. Used by
the offline commands.
"""

import asyncio
import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from repo_server.errors import Refused
from repo_server.tree import Kind, Node, Tree, join, parent

_NOT_FOLLOWED = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe that has taken a file's place must not keep us waiting for a writer.
_FILE = _NOT_FOLLOWED | os.O_NONBLOCK
_FOLDER = _NOT_FOLLOWED | os.O_DIRECTORY
_MOST_ENTRIES = 100_000
_KINDS: Mapping[int, Kind] = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link"}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was listed: where, what, and what it looked like (size, modification time, inode, device)."""

    path: str
    kind: Kind
    look: tuple[int, int, int, int]


class Folder:
    """A folder as it was when its parts were first looked at; a file that changes between two looks is refused.

    Identities hold for one opening: the same folder, opened again, has others. `left_out` are the paths of what is no
    file, folder or link, as far as it was met.
    """

    def __init__(self, path: Path, *, handle: int) -> None:
        self.path = path
        self.left_out: list[str] = []
        self._handle = handle
        self._opening = secrets.token_hex(8)
        self._seen: dict[str, _Seen] = {}
        self._listed: dict[str, Mapping[str, Node]] = {}
        self.root = self._remember("", "directory", os.fstat(handle)).identity

    async def directory(self, identity: str) -> Mapping[str, Node]:
        """Return the entries of a directory by name. Raises `Refused`."""
        if identity not in self._listed:
            self._listed[identity] = await asyncio.to_thread(self._list, self._seen[identity].path)
        return self._listed[identity]

    async def contents(self, identities: Sequence[str], *, limit: int) -> list[bytes]:
        """Return the bytes of files, in order. Raises `Refused` if they are more than `limit` bytes together."""
        seen = [self._seen[identity] for identity in identities]
        total = sum(each.look[0] for each in seen)
        if total > limit:
            largest = max(seen, key=lambda each: each.look[0])
            raise Refused(
                "limit_exceeded",
                f"the files to be read hold {total:,} bytes together, {largest.path!r} alone {largest.look[0]:,}; "
                f"the limit is {limit:,} bytes",
            )
        return await asyncio.to_thread(lambda: [self._content(each) for each in seen])

    def _list(self, path: str) -> Mapping[str, Node]:
        with self._words(path), self._opened(path) as handle:
            return dict(self._entries(path, handle))

    def _entries(self, path: str, handle: int) -> Iterator[tuple[str, Node]]:
        with os.scandir(handle) as entries:
            for count, entry in enumerate(entries):
                if count >= _MOST_ENTRIES:
                    raise Refused("limit_exceeded", f"{path!r} in {self.path} has more than {_MOST_ENTRIES:,} entries")
                if entry.name == ".git":
                    continue
                with contextlib.suppress(FileNotFoundError):
                    status = entry.stat(follow_symlinks=False)
                    kind = _KINDS.get(stat.S_IFMT(status.st_mode))
                    if kind is None:
                        self.left_out.append(join(path, entry.name))
                    else:
                        yield entry.name, self._remember(join(path, entry.name), kind, status)

    def _remember(self, path: str, kind: Kind, status: os.stat_result) -> Node:
        # Counted and not named for the path, which may hold bytes that are no text.
        identity = f"{self._opening}:{len(self._seen)}"
        self._seen[identity] = _Seen(path, kind, _look(status))
        return Node(kind=kind, identity=identity)

    def _content(self, seen: _Seen) -> bytes:
        name = seen.path.rpartition("/")[2]
        with self._words(seen.path), self._opened(parent(seen.path)) as folder:
            if seen.kind == "link":
                return os.fsencode(os.readlink(name, dir_fd=folder))
            with os.fdopen(os.open(name, _FILE, dir_fd=folder), "rb") as file:
                if _look(os.fstat(file.fileno())) != seen.look:
                    raise self._changed(seen.path)
                content = file.read(seen.look[0] + 1)
        if len(content) != seen.look[0]:
            raise self._changed(seen.path)
        return content

    @contextlib.contextmanager
    def _opened(self, path: str) -> Generator[int]:
        """Open a folder below the root, step by step."""
        handle = os.dup(self._handle)
        try:
            for name in path.split("/") if path else ():
                below = os.open(name, _FOLDER, dir_fd=handle)
                os.close(handle)
                handle = below
            yield handle
        finally:
            os.close(handle)

    @contextlib.contextmanager
    def _words(self, path: str) -> Generator[None]:
        """Say in our words why something cannot be read."""
        try:
            yield
        except (FileNotFoundError, NotADirectoryError) as error:
            raise self._changed(path) from error
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise self._changed(path) from error
            raise Refused("path_not_found", f"{path!r} in {self.path} cannot be read: {error.strerror}") from error

    def _changed(self, path: str) -> Refused:
        return Refused("unavailable", f"{path!r} in {self.path} changed while it was read; try again")


@contextlib.contextmanager
def opened(path: Path) -> Generator[tuple[Tree, Folder]]:
    """Yield a folder's files, and the folder. Raises `Refused` (path_not_found) if it is none or may not be read."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise Refused("path_not_found", f"folder {str(path)!r} cannot be read: {error.strerror}") from error
    try:
        folder = Folder(path, handle=handle)
        yield Tree(store=folder, root=folder.root, name=f"folder {path}"), folder
    finally:
        os.close(handle)


def _look(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev
