"""The files of one source, wherever they come from: looked up, walked and read by path, never leaving the root.

A `Tree` stands on a `Store` (a commit in `git.objects`, an unpacked chart in `charts.archive`). Called by `render`.
Paths are relative to the root, with "/" between components and no "." or ".."; the root is "". Symbolic links are
followed inside the root and refused when they lead out of it.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from repo_server.errors import Refused

Kind = Literal["file", "directory", "link", "submodule"]

GITMODULES = ".gitmodules"
_DEEPEST = 256
_SHOWN_PATH = 80
_MOST_LINKS = 10
_MOST_ENTRIES = 100_000
_LONGEST_LINK = 4096
_SHOWN_NAMES = 8
_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
_READ_BY_TOOLS = (".yaml", ".yml", ".json", ".jsonnet", ".tpl", ".tgz")


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a directory; `identity` names its content in the store, and changes when the content does."""

    kind: Kind
    identity: str
    executable: bool = False


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A file or directory of the tree: the path it was found under and, links followed, what is there."""

    path: str
    node: Node


class Store(Protocol):
    """What a tree stands on."""

    async def directory(self, identity: str) -> Mapping[str, Node]:
        """Return the entries of a directory by name."""
        ...

    async def contents(self, identities: Sequence[str], *, limit: int) -> list[bytes]:
        """Return the bytes of files, in order. Raises `Refused` if they are more than `limit` bytes together."""
        ...


class Gitlink(msgspec.Struct, frozen=True, kw_only=True):
    """A submodule as the repository that it is in has it: `commit`, and `declared`, that repository's .gitmodules.

    `within` is the path of that repository in the tree ("" for the tree's own), `path` the submodule's path in it.
    """

    within: str
    path: str
    commit: str
    declared: Node | None


class Submodules(Protocol):
    """Where the files of submodules come from."""

    async def enter(self, link: Gitlink) -> None:
        """See to it that the store has the submodule's files: its commit is a directory there. Raises `Refused`."""
        ...


class NotFetched:
    """Submodules of whoever has none, or has switched them off."""

    async def enter(self, link: Gitlink) -> None:
        """Refuse."""
        raise Refused(
            "path_not_found",
            f"{join(link.within, link.path)!r} is a submodule, and submodules are not fetched; switch them on "
            "(reposerver.enable.git.submodule), or commit the files themselves",
        )


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at in a tree, by path.

    `found` is what was there, links followed (None: nothing); `listed` the folders whose entries were asked for, with
    their names and kinds; `whole` the folders of which everything counts; `linked` the paths that led through a
    symbolic link, so that what they mean can change while the folder that they are in stays the same.
    """

    found: dict[str, Node | None] = msgspec.field(default_factory=dict)
    listed: dict[str, Mapping[str, Node]] = msgspec.field(default_factory=dict)
    whole: set[str] = msgspec.field(default_factory=set)
    linked: set[str] = msgspec.field(default_factory=set)


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """A root in a store; `name` is how messages call it ("https://host/repo at 1a2b3c4").

    What is looked at is recorded: two trees that agree on the record answer every question alike. (What is not recorded
    because the folder it is in was taken whole: equal identities of a folder mean that everything below is equal.)

    A submodule is a folder, whose identity is its commit; its files are fetched when it is entered.

    `apart` is whose tree it is, where equal identities are not enough for equal files: submodules and files in Git LFS
    are elsewhere, and not everybody who has a copy of the tree may read them. Empty where they are.
    """

    store: Store
    root: str
    name: str
    apart: str = ""
    submodules: Submodules = msgspec.field(default_factory=NotFetched)
    record: Record = msgspec.field(default_factory=Record)

    def unread(self) -> "Tree":
        """Return the same tree with an empty record."""
        return msgspec.structs.replace(self, record=Record())

    async def find(self, path: str) -> Entry | None:
        """Return what is at a path, links followed; None if nothing is. Raises `Refused` for a link that leads out."""
        try:
            entry = await self._find(path, path, links=0)
        except Refused as refused:
            # A refusal too is an answer: whoever remembers it must notice when it no longer holds.
            self.record.linked.add(path)
            self.record.found[path] = Node(kind="link", identity=refused.message.replace(self.name, ""))
            raise
        self.record.found[path] = entry.node if entry is not None else None
        return entry

    async def demand(self, path: str, *, kind: Kind) -> Entry:
        """Return the file or directory at a path. Raises `Refused` (path_not_found), naming what there is instead."""
        entry = await self.find(path)
        if entry is None and path in self.record.linked:
            raise Refused(
                "path_not_found", f"{path!r} in {self.name} is reached by a symbolic link to nothing; mend it"
            )
        if entry is None:
            raise Refused("path_not_found", f"{path!r} does not exist in {self.name}; {await self._nearest(path)}")
        if entry.node.kind != kind:
            raise Refused("path_not_found", f"{path!r} in {self.name} is a {entry.node.kind}, not a {kind}")
        return entry

    async def children(self, path: str) -> Mapping[str, Node]:
        """Return the entries of the directory at a path, links not followed; none if there is no directory."""
        entry = await self.find(path)
        if entry is None or entry.node.kind != "directory":
            return {}
        self.record.listed[path] = entries = await self.store.directory(entry.node.identity)
        return {name: _as_folder(node) for name, node in entries.items()}

    async def walk(self, path: str, *, hidden: bool) -> AsyncIterator[tuple[str, Node]]:
        """Yield every entry below a directory with its path, in the order of names, links not followed.

        Folders whose name begins with a dot are entered only if `hidden` is set. Raises `Refused` (limit_exceeded)
        beyond 100,000 entries, and for a submodule that is not fetched: nobody would notice that its files are missing.
        """
        seen = 0
        waiting = [path]
        while waiting:
            folder = waiting.pop()
            below: list[str] = []
            for name, node in sorted((await self.children(folder)).items()):
                seen += 1
                if seen > _MOST_ENTRIES:
                    raise Refused("limit_exceeded", f"{path!r} in {self.name} has more than {_MOST_ENTRIES:,} entries")
                yield join(folder, name), node
                if node.kind == "directory" and (hidden or not name.startswith(".")):
                    below.append(join(folder, name))
            waiting.extend(reversed(below))

    async def files(self, path: str) -> list[str]:
        """Return the paths of all files below a directory, links to files and folders followed.

        Raises `Refused` as `walk`, for a link to nothing, and for links within links more than 10 deep.
        """
        self.record.whole.add(path)
        found: list[str] = []
        waiting = [(path, 0)]
        while waiting:
            folder, links = waiting.pop()
            async for below, node in self.walk(folder, hidden=True):
                match node.kind:
                    case "file":
                        found.append(below)
                    case "directory":
                        pass
                    case "link" if (entry := await self.find(below)) is not None and entry.node.kind == "directory":
                        if links == _MOST_LINKS:
                            raise self._circular(below)
                        waiting.append((below, links + 1))
                    case _:
                        found.append((await self.demand(below, kind="file")).path)
        return sorted(found)

    async def read(self, paths: Iterable[str], *, limit: int) -> dict[str, bytes]:
        """Return the bytes of the files at these paths, links followed, at most `limit` bytes together."""
        entries = [await self.demand(path, kind="file") for path in paths]
        contents = await self.store.contents([entry.node.identity for entry in entries], limit=limit)
        for entry, content in zip(entries, contents, strict=True):
            self._refuse_pointer(entry.path, content)
        return {entry.path: content for entry, content in zip(entries, contents, strict=True)}

    def _refuse_pointer(self, path: str, content: bytes) -> None:
        """Refuse a file that a tool would read, and that is only a pointer; pictures in a chart may be pointers."""
        if content.startswith(_POINTER) and path.endswith(_READ_BY_TOOLS):
            raise Refused(
                "render_failed",
                f"{path!r} in {self.name} is kept in Git LFS; set enableLfs in the repository's entry, or commit the "
                "file itself",
            )

    async def _find(self, asked: str, path: str, *, links: int) -> Entry | None:
        node = inner = Node(kind="directory", identity=self.root)
        components = path.split("/") if path else []
        if len(components) > _DEEPEST:
            raise Refused(
                "limit_exceeded", f"{path[:_SHOWN_PATH]!r}... in {self.name} is more than {_DEEPEST} levels deep"
            )
        within = 0
        for position, component in enumerate(components):
            if node.kind != "directory":
                return None
            child = (await self.store.directory(node.identity)).get(component)
            if child is None:
                return None
            if child.kind == "link":
                link = "/".join(components[: position + 1])
                target = join(await self._target(link, child), "/".join(components[position + 1 :]))
                self.record.linked.add(asked)
                if links == _MOST_LINKS:
                    raise self._circular(link)
                found = await self._find(asked, target, links=links + 1)
                return found and Entry(path=path, node=found.node)
            node = _as_folder(child)
            if child.kind == "submodule":
                await self._enter(components[:within], components[within : position + 1], child, inner)
                within, inner = position + 1, node
        return Entry(path=path, node=node)

    async def _enter(self, within: Sequence[str], path: Sequence[str], node: Node, inner: Node) -> None:
        """Enter a submodule of the repository whose root is `inner`; what that says of it counts as read."""
        repository = "/".join(within)
        declared = (await self.store.directory(inner.identity)).get(GITMODULES)
        self.record.found[join(repository, GITMODULES)] = declared
        link = Gitlink(within=repository, path="/".join(path), commit=node.identity, declared=declared)
        await self.submodules.enter(link)

    async def _target(self, link: str, node: Node) -> str:
        (content,) = await self.store.contents([node.identity], limit=_LONGEST_LINK)
        target = resolve(parent(link), content.decode("utf-8", "surrogateescape"))
        if target is None:
            raise Refused(
                "render_failed",
                f"{link!r} in {self.name} is a symbolic link out of the repository; put the file in its place",
            )
        return target

    def _circular(self, link: str) -> Refused:
        return Refused("render_failed", f"{link!r} in {self.name} is a symbolic link that leads in circles")

    async def _nearest(self, path: str) -> str:
        nearest = path
        while nearest:
            nearest = parent(nearest)
            entry = await self.find(nearest)
            if entry is not None and entry.node.kind == "directory":
                break
        names = sorted(await self.children(nearest))
        shown = ", ".join(names[:_SHOWN_NAMES]) + (", ..." if len(names) > _SHOWN_NAMES else "")
        return f"{nearest!r} holds: {shown or 'nothing'}" if nearest else f"the root holds: {shown or 'nothing'}"


def _as_folder(node: Node) -> Node:
    return msgspec.structs.replace(node, kind="directory") if node.kind == "submodule" else node


def join(folder: str, name: str) -> str:
    """Put two paths together, either of which may be the root."""
    return f"{folder}/{name}" if folder and name else folder or name


def parent(path: str) -> str:
    """Return the path of the folder that a path is in."""
    return path.rpartition("/")[0]


def resolve(folder: str, path: str) -> str | None:
    """Return where a relative path leads from a folder; None if that is absolute or out of the root."""
    if path.startswith("/") or "\0" in path:
        return None
    components = folder.split("/") if folder else []
    for component in path.split("/"):
        if component == "..":
            if not components:
                return None
            components.pop()
        elif component not in ("", "."):
            components.append(component)
    return "/".join(components)
