"""The plugins that there are: the `*.yaml` and `*/plugin.yaml` of one folder, read again when they change.

Called by `plugins`. A file that cannot be used takes only itself out: its last good content stays in force, and what is
wrong with it is told to who asks for a plugin that is not there.
"""

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from argosy.gateways.tools.port import File, ReadFile, Tools, UnreadableFile
from repo_server.plugins.definition import BadDefinition, Plugin, parse

_LARGEST_FILE = 1024 * 1024

log = structlog.get_logger("repo_server")

Stamp = tuple[int, int, int]
"""When a file changed, its size and its inode: what tells that it must be read again."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is seen of the folder without reading a file: the files that declare plugins, or why it is not seen."""

    stamps: Mapping[Path, Stamp] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """The plugins by their names, in the order of names, and what is wrong with files that declare none."""

    plugins: Mapping[str, Plugin] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


class Catalogue:
    """Reads the plugins of a folder; with None there are none."""

    def __init__(self, folder: Path | None, *, tools: Tools) -> None:
        self._folder = folder
        self._tools = tools
        self._reading = asyncio.Lock()
        self._look = Look()
        self._good: dict[Path, tuple[Plugin, ...]] = {}
        self._contents = Contents()

    async def contents(self) -> Contents:
        """Return what is there now."""
        if self._folder is None:
            return self._contents
        async with self._reading:
            look = _look(self._folder)
            if look != self._look:
                self._contents = await self._read(look)
                self._look = look
        return self._contents

    async def _read(self, look: Look) -> Contents:
        self._good = {path: plugins for path, plugins in self._good.items() if path in look.stamps}
        problems = [look.problem] if look.problem else []
        for path in sorted(look.stamps):
            try:
                self._good[path] = await self._parsed(path)
            except BadDefinition as bad:
                problems.append(f"{path}: {bad}")
        found = sorted(itertools.chain.from_iterable(self._good.values()), key=lambda plugin: plugin.name)
        twice = {name for name, times in Counter(plugin.name for plugin in found).items() if times > 1}
        for name in sorted(twice):
            files = ", ".join(str(plugin.file) for plugin in found if plugin.name == name)
            problems.append(f"plugin {name!r} is declared more than once, and not used: {files}")
        for problem in problems:
            log.warning("plugin_unusable", problem=problem)
        return Contents(
            plugins={plugin.name: plugin for plugin in found if plugin.name not in twice}, problems=tuple(problems)
        )

    async def _parsed(self, path: Path) -> tuple[Plugin, ...]:
        (answer,) = await self._tools.yaml([File(path=path.name, content=await asyncio.to_thread(_bytes, path))])
        match answer:
            case UnreadableFile(document=document, line=line, message=message):
                raise BadDefinition(f"document {document}, line {line}: {message}")
            case ReadFile(documents=documents):
                own = path.parent if path.parent != self._folder else None
                return tuple(parse(document.manifest, file=path, folder=own) for document in documents)


def _look(folder: Path) -> Look:
    try:
        return Look(stamps=dict(_files(folder)))
    except OSError as error:
        return Look(problem=f"{folder} cannot be read: {error.strerror}")


def _files(folder: Path) -> Iterator[tuple[Path, Stamp]]:
    """Yield the files that declare plugins. Hidden entries are how a mounted ConfigMap keeps its versions."""
    for entry in folder.iterdir():
        if entry.name.startswith("."):
            continue
        path = entry / "plugin.yaml" if entry.is_dir() else entry
        if path.suffix == ".yaml" and path.is_file():
            status = path.stat()
            yield path, (status.st_mtime_ns, status.st_size, status.st_ino)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise BadDefinition(f"it cannot be read: {error.strerror}") from error
    if len(content) > _LARGEST_FILE:
        raise BadDefinition(f"it is larger than {_LARGEST_FILE:,} bytes")
    return content
