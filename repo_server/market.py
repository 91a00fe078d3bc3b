"""Fetches for renders what is neither in the application's repository nor beside it; the real `Market`.

Comes in: a repository entry that the caller has allowed, or the URL of a value file. Goes out: trees, packed charts and
files. Everything is shared with the sources: one mirror, one listing, one store of charts.
"""

import hashlib
from collections.abc import Mapping, Sequence

from argosy.engine.model.repository import Repository
from argosy.gateways.tools.port import ChartDependency, Tools
from repo_server.fetching import Fetching
from repo_server.git.access import Access
from repo_server.git.mirrors import Mirrors
from repo_server.git.submodules import Composer
from repo_server.render.elsewhere import Base, ChartAt, FileAt, Reference, Vendored, identity_of
from repo_server.tree import Tree
from repo_server.web import files

_LARGEST_FILE = 16 * 1024 * 1024


class OpenMarket:
    """Fetches over the network."""

    def __init__(self, *, mirrors: Mirrors, composer: Composer, fetching: Fetching, tools: Tools) -> None:
        self._mirrors = mirrors
        self._composer = composer
        self._fetching = fetching
        self._tools = tools

    async def file(self, url: str) -> bytes:
        """Return what is at a URL, asked for anonymously."""
        wanted = files.Wanted(url=url, repository=Repository(url=url), limit=_LARGEST_FILE, encoding="any")
        fetched = await files.get(self._fetching.web, wanted)
        assert isinstance(fetched, files.Fetched)  # nothing was said to be known
        return fetched.content

    async def access(self, repository: Repository) -> Access:
        """Return how a Git repository is reached, with a token where its credential is traded for one."""
        return await (await self._mirrors.of(repository.url, repository)).equipped()

    async def base(self, repository: Repository, revision: str) -> Tree:
        """Return the files of a Git repository at a revision; empty means its default branch."""
        mirror = await self._mirrors.of(repository.url, repository)
        commit = await mirror.resolve(revision, tag_prefix="", tools=self._tools, fresh=False)
        return await self._composer.tree(mirror, commit, submodules=True)

    async def dependencies(
        self,
        wanted: Sequence[ChartDependency],
        *,
        tree: Tree,
        folder: str,
        repositories: Mapping[str, Repository],
    ) -> Vendored:
        """Return the charts that the chart in a folder depends on."""
        return await self._fetching.dependencies.fetch(wanted, tree=tree, folder=folder, repositories=repositories)

    async def chart(self, repository: Repository, name: str, version: str) -> bytes:
        """Return a packed chart at a version or the highest that satisfies a constraint."""
        pulled = await self._fetching.charts.pull(repository, name, version)
        return await self._fetching.charts.content(pulled.packed)

    async def identity(self, reference: Reference, repository: Repository | None) -> str:
        """Return the identity of what a reference means now."""
        match reference:
            case FileAt(url=url):
                return hashlib.sha256(await self.file(url)).hexdigest()
            case Base(revision=revision):
                assert repository is not None
                return identity_of(await self.base(repository, revision))
            case ChartAt():
                assert repository is not None
                return await self._fetching.dependencies.identity(reference, repository)
