"""The files of a commit with those of its submodules in their places, fetched when they are first entered.

Comes in: a mirror and a commit. Goes out: a `Tree` that stands on several mirrors at once. Called by `sources`. What a
submodule may be is decided here, because a repository's authors write it: a place that this server speaks to, in no
weaker way than the repository itself; credentials only for the repository's own server; at most 5 within one another.
Git's object check has refused hostile names, paths and URLs in .gitmodules before (CVE-2018-11235, CVE-2018-17456), and
there is no checkout that a path could lead out of.
"""

import contextlib
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from argosy.engine.model.repository import Repository
from repo_server.errors import Damaged, Refused
from repo_server.git import address
from repo_server.git.address import Address
from repo_server.git.lfs import LargeFiles
from repo_server.git.mirror import Mirror
from repo_server.git.mirrors import Mirrors
from repo_server.recent import Recent
from repo_server.tree import GITMODULES, Gitlink, Node, NotFetched, Store, Tree, join
from repo_server.web.client import Web

_DEEPEST = 5
_LARGEST_DECLARATION = 1024 * 1024
_REMEMBERED_DECLARATIONS = 1024
_REMEMBERED_TREES = 1024
_KEY = re.compile(r"submodule\.(?P<name>.*)\.(?P<what>path|url)", re.DOTALL)
_SAFE = ("https", "ssh", "git+ssh")


@dataclass(frozen=True, kw_only=True)
class _Part:
    """A repository of a composed tree: where it is, what it is read through, how many it is within."""

    mirror: Mirror
    store: Store
    depth: int


@dataclass(frozen=True, kw_only=True)
class _Root:
    """What a submodule's commit means: a directory in a part."""

    part: _Part
    identity: str


class Composer:
    """Makes trees, and remembers those that stand on one mirror alone, and what .gitmodules files declare."""

    def __init__(self, mirrors: Mirrors, *, web: Web) -> None:
        self._mirrors = mirrors
        self._web = web
        self._declared: Recent[str, Mapping[str, str]] = Recent(most=_REMEMBERED_DECLARATIONS)
        self._plain: Recent[tuple[Mirror, str, bool], Tree] = Recent(most=_REMEMBERED_TREES)

    async def tree(self, mirror: Mirror, commit: str, *, submodules: bool) -> Tree:
        """Return the files of a commit, fetched if they are not here yet. Raises `Refused` or `Damaged`."""
        known = self._plain.get((mirror, commit, submodules))
        if known is None:
            known = await self._composed(mirror, commit, submodules=submodules)
            if not known.apart:
                self._plain.put((mirror, commit, submodules), known)
        return known.unread()

    async def _composed(self, mirror: Mirror, commit: str, *, submodules: bool) -> Tree:
        tree = await mirror.tree(commit)
        composed = _Composed(self, self.part(mirror, tree, depth=0))
        links = submodules and GITMODULES in await composed.directory(tree.root)
        return Tree(
            store=composed,
            root=tree.root,
            name=tree.name,
            apart=mirror.folder.name if links or mirror.access.repository.enable_lfs else "",
            submodules=composed if submodules else NotFetched(),
        )

    def part(self, mirror: Mirror, tree: Tree, *, depth: int) -> _Part:
        """Return a repository as part of a tree, its large files read from where they are kept if its entry says so."""
        store = tree.store
        if mirror.access.repository.enable_lfs:
            store = LargeFiles(store, mirror=mirror, root=tree.root, web=self._web)
        return _Part(mirror=mirror, store=store, depth=depth)

    async def submodule(self, parent: _Part, link: Gitlink) -> _Root:
        """Fetch a submodule of a part."""
        if parent.depth == _DEEPEST:
            raise Refused("limit_exceeded", f"it is nested deeper than the limit of {_DEEPEST}")
        url = (await self._declarations(parent, link)).get(link.path)
        if url is None:
            raise Refused("path_not_found", f"it has no URL in {GITMODULES}; add it there")
        mirror = await self._mirrors.of(*entry(url, parent.mirror.access.address, parent.mirror.access.repository))
        async with self.whole(mirror):
            tree = await mirror.tree(link.commit)
        return _Root(part=self.part(mirror, tree, depth=parent.depth + 1), identity=tree.root)

    @contextlib.asynccontextmanager
    async def whole(self, mirror: Mirror) -> AsyncGenerator[None]:
        """Throw a mirror away that turns out to be damaged, so that the next attempt finds a new one."""
        try:
            yield
        except Damaged:
            await self._mirrors.discard(mirror)
            raise

    async def _declarations(self, part: _Part, link: Gitlink) -> Mapping[str, str]:
        """Return the URLs of submodules by path, as the .gitmodules of a part says. Git itself reads it."""
        if link.declared is None or link.declared.kind != "file":
            return {}
        identity = link.declared.identity
        if (known := self._declared.get(identity)) is not None:
            return known
        await part.store.contents([identity], limit=_LARGEST_DECLARATION)
        finished = await part.mirror.look(["config", "--null", f"--blob={identity}", "--list"], {})
        if finished.status != 0:
            raise Refused("render_failed", f"{join(link.within, GITMODULES)!r} is malformed; correct it")
        return self._declared.put(identity, _declarations(finished.output.decode("utf-8", "surrogateescape")))


class _Composed:
    """The store of one tree, and its submodules: who has an object is learned from the folder that names it."""

    def __init__(self, composer: Composer, top: _Part) -> None:
        self._composer = composer
        self._top = top
        self._parts: dict[str, _Part] = {"": top}
        self._roots: dict[str, _Root] = {}
        self._homes: dict[str, _Part] = {}

    async def enter(self, link: Gitlink) -> None:
        """Fetch a submodule, unless it is here. Raises `Refused` or `Damaged`."""
        path = join(link.within, link.path)
        if path in self._parts and link.commit in self._roots:
            return
        try:
            root = await self._composer.submodule(self._parts[link.within], link)
        except Refused as refused:
            raise Refused(refused.code, f"submodule {path!r}: {refused.message}") from refused
        self._roots[link.commit] = root
        self._parts[path] = root.part

    async def directory(self, identity: str) -> Mapping[str, Node]:
        """Return the entries of a directory by name."""
        if not self._roots:
            return await self._top.store.directory(identity)
        root = self._roots.get(identity) or _Root(part=self._homes.get(identity, self._top), identity=identity)
        async with self._composer.whole(root.part.mirror):
            entries = await root.part.store.directory(root.identity)
        if root.part is not self._top:
            self._homes.update((node.identity, root.part) for node in entries.values())
        return entries

    async def contents(self, identities: Sequence[str], *, limit: int) -> list[bytes]:
        """Return the bytes of files, in order. Raises `Refused` if they are more than `limit` bytes together."""
        if not self._homes:
            return await self._top.store.contents(identities, limit=limit)
        asked: dict[int, tuple[_Part, list[str]]] = {}
        for identity in identities:
            part = self._homes.get(identity, self._top)
            asked.setdefault(id(part), (part, []))[1].append(identity)
        found: dict[str, bytes] = {}
        for part, some in asked.values():
            async with self._composer.whole(part.mirror):
                contents = await part.store.contents(some, limit=limit)
            found.update(zip(some, contents, strict=True))
            limit -= sum(map(len, contents))
        return [found[identity] for identity in identities]


def entry(url: str, parent: Address, repository: Repository) -> tuple[str, Repository]:
    """Return where a submodule is, and the entry that it is reached with. Raises `Refused` (invalid).

    `url` may be relative ("../other.git") to the repository that it is in, at `parent`, whose entry is `repository`.
    """
    absolute = _absolute(url, parent)
    # Never in a weaker way than the repository itself: from http to http, from a folder to a folder, and no further.
    place = address.parse(absolute, schemes=tuple(dict.fromkeys((*_SAFE, parent.scheme))))
    if place.username or place.password:
        raise Refused(
            "invalid", f"{address.scrub(absolute)!r} in {GITMODULES} holds a user name or password; take it out"
        )
    if address.server(place) == address.server(parent):
        same = msgspec.structs.replace(
            repository,
            url=place.url,
            username=repository.username or parent.username,
            password=repository.password or parent.password,
        )
        return place.url, same
    # Another server is told nothing of ours; the way out of our network is the same.
    return place.url, Repository(
        url=place.url,
        enable_lfs=repository.enable_lfs,
        depth=repository.depth,
        proxy=repository.proxy,
        no_proxy=repository.no_proxy,
    )


def _absolute(url: str, parent: Address) -> str:
    """Resolve a relative URL as `git submodule` does: "../" takes the last part of the parent's path away."""
    if not url.startswith(("./", "../")):
        return url
    base = parent.url.rstrip("/")
    start = base.find("://")
    host = base.find("/", start + 3) if start >= 0 else base.find(":")
    server, path = base[: host + 1], base[host + 1 :].split("/")
    for component in url.split("/"):
        if component == "..":
            if not path:
                raise Refused("invalid", f"{url!r} in {GITMODULES} leads out of {address.scrub(server)}")
            path.pop()
        elif component not in ("", "."):
            path.append(component)
    return server + "/".join(path)


def _declarations(listed: str) -> Mapping[str, str]:
    """Return URLs by path from what `git config --null --list` printed: "submodule.NAME.path" LF VALUE NUL."""
    found: dict[str, dict[str, str]] = {}
    for item in listed.split("\0"):
        key, _, value = item.partition("\n")
        if match := _KEY.fullmatch(key):
            found.setdefault(match["name"], {})[match["what"]] = value
    return {item["path"]: item["url"] for item in found.values() if item.keys() == {"path", "url"}}
