"""Writes the files of a tree into the private folder of a run. Argo CD 2.38 (`preserveFileMode`) and 2.44.

Called by `plugins`. What is written is the whole tree of the source, or a part of it at its own place, without what the
exclusions name. Symbolic links stay links if they lead to somewhere in the tree, and are refused if they lead out.
There is no `.git` in it: the files come from the object store.
"""

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from argosy.wire.repo_server import RefusalCode
from repo_server.errors import Refused
from repo_server.plugins.patterns import matches_path
from repo_server.plugins.rooms import Room
from repo_server.tree import Node, Tree, join, parent, resolve

_MOST_ENTRIES = 100_000
_FILES_AT_ONCE = 64
_LONGEST_LINK = 4096
_WILD = frozenset("*?[{\\")

Item = TypeVar("Item")

_Found = tuple[str, Node]


@dataclass(frozen=True, kw_only=True)
class Extent:
    """What is to be written: the folder of the tree at `path`, at most `limit` bytes of it, without `exclusions`.

    `start` is the application's folder, in which the plugin will start.
    Exclusions are globs by the rules of Go's `filepath.Match`, on the path from the root of the tree. `keep_modes`
    keeps files executable that are.
    """

    path: str
    start: str
    limit: int
    exclusions: Sequence[str] = ()
    keep_modes: bool = False


def annotated(path: str, generate_paths: str) -> tuple[str, ...]:
    """Return the places in a tree that `manifest-generate-paths` names, of a glob the folder that it begins with.

    The paths are separated by `;`, relative to the application's folder or, with a leading slash, to the root. What
    leads out of the tree counts as the root.
    """
    wanted = [written.strip() for written in generate_paths.split(";") if written.strip()]
    return tuple(resolve("" if each.startswith("/") else path, _literal(each.lstrip("/"))) or "" for each in wanted)


def common_root(path: str, generate_paths: str) -> str:
    """Return the deepest folder that holds an application's folder and all of its `manifest-generate-paths`."""
    common = os.path.commonpath([f"/{root}" for root in (path, *annotated(path, generate_paths))])
    return common.strip("/")


async def write(tree: Tree, extent: Extent, room: Room) -> None:
    """Write a part of a tree into a room. Raises `Refused` for what it holds, and for too much of it."""
    await tree.demand(extent.path, kind="directory")
    tree.record.whole.add(extent.path)
    found = [entry async for entry in _entries(tree, extent)]
    folders = [*_ancestors(extent.path), *(path for path, node in found if node.kind == "directory")]
    await _to_disk(_make_folders, room, folders)
    remaining = extent.limit
    for some in _batches([entry for entry in found if entry[1].kind != "directory"]):
        contents = await tree.store.contents([node.identity for _, node in some], limit=max(remaining, 0))
        remaining -= sum(map(len, contents))
        made = [_made(tree, entry, content, extent) for entry, content in zip(some, contents, strict=True)]
        await _to_disk(_make_files, room, made)
    if not await asyncio.to_thread((room.source / extent.start).is_dir):
        raise Refused(
            "invalid",
            f"reposerver.plugin.tar.exclusions leave out {extent.start!r} of {tree.name}, which a plugin is to render",
        )


@dataclass(frozen=True, kw_only=True)
class _File:
    path: str
    content: bytes
    mode: int


@dataclass(frozen=True, kw_only=True)
class _Link:
    path: str
    target: str


async def _entries(tree: Tree, extent: Extent) -> AsyncIterator[_Found]:
    """Yield what is to be written, each folder before what is in it."""
    seen = 0
    waiting = [extent.path]
    while waiting:
        folder = waiting.pop()
        for name, child in sorted((await tree.children(folder)).items()):
            path = join(folder, name)
            if any(matches_path(path, pattern) for pattern in extent.exclusions):
                continue
            seen += 1
            _check(tree, name, seen=seen)
            yield path, child
            if child.kind == "directory":
                waiting.append(path)


def _check(tree: Tree, name: str, *, seen: int) -> None:
    if seen > _MOST_ENTRIES:
        raise Refused(
            "limit_exceeded",
            f"{tree.name} has more than {_MOST_ENTRIES:,} entries, too many for a plugin's checkout; leave some out by "
            "reposerver.plugin.tar.exclusions, or set the annotation manifest-generate-paths",
        )
    if name in ("", ".", "..") or "/" in name or "\0" in name:
        raise Refused("render_failed", f"{tree.name} holds an entry with the name {name!r}, which no file can have")


def _made(tree: Tree, entry: _Found, content: bytes, extent: Extent) -> _File | _Link:
    path, node = entry
    if node.kind == "file":
        mode = 0o755 if extent.keep_modes and node.executable else 0o644
        return _File(path=path, content=content, mode=mode)
    target = content[: _LONGEST_LINK + 1].decode("utf-8", "surrogateescape")
    if len(content) > _LONGEST_LINK or resolve(parent(path), target) is None:
        raise Refused(
            "render_failed",
            f"{path!r} in {tree.name} is a symbolic link out of the repository; put the file in its place",
        )
    return _Link(path=path, target=target)


def _batches(found: Sequence[_Found]) -> Iterator[Sequence[_Found]]:
    return (found[start : start + _FILES_AT_ONCE] for start in range(0, len(found), _FILES_AT_ONCE))


def _ancestors(path: str) -> list[str]:
    """Return a path's folders from the top, the path itself last; none for the root."""
    parts = path.split("/") if path else []
    return ["/".join(parts[: length + 1]) for length in range(len(parts))]


def _literal(pattern: str) -> str:
    """Return the folders that a pattern names before its first wildcard."""
    parts = pattern.split("/")
    wild = next((place for place, part in enumerate(parts) if not _WILD.isdisjoint(part)), len(parts))
    return "/".join(parts[:wild])


async def _to_disk(make: Callable[[Room, Sequence[Item]], None], room: Room, items: Sequence[Item]) -> None:
    """Do the work of a batch off the event loop. Raises `Refused` for what the disk does not take."""
    try:
        await asyncio.to_thread(make, room, items)
    except OSError as error:
        code: RefusalCode = "limit_exceeded" if error.errno == errno.ENAMETOOLONG else "unavailable"
        raise Refused(code, f"the plugin's checkout cannot be written: {error.strerror}") from error


def _make_folders(room: Room, paths: Sequence[str]) -> None:
    for path in paths:
        folder = room.source / path
        folder.mkdir(mode=0o755)
        _give(folder, room)


def _make_files(room: Room, made: Sequence[_File | _Link]) -> None:
    for item in made:
        target = room.source / item.path
        match item:
            case _Link(target=leads_to):
                target.symlink_to(leads_to)
            case _File(content=content, mode=mode):
                # Nobody else is here yet, and names were checked: this cannot follow a link.
                with target.open("xb") as file:
                    file.write(content)
                    os.fchmod(file.fileno(), mode)
        _give(target, room)


def _give(path: Path, room: Room) -> None:
    if room.owner is not None:
        os.chown(path, room.owner, room.owner, follow_symlinks=False)
