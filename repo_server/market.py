"""Fetches for renders what is neither in the application's repository nor beside it; the real `Market`.

Comes in: a repository entry that the caller has allowed, or the URL of a value file. Goes out: trees, packed charts and
files. Everything is shared with the sources: one mirror, one listing, one store of charts.
"""

import hashlib
from collections.abc import Mapping, Sequence

from argosy.engine.model.repository import Repository
from argosy.gateways.tools.port import ChartDependency, Tools
from repo_server.charts import fetch
from repo_server.charts.repository import Charts
from repo_server.errors import Refused
from repo_server.git.mirrors import Mirrors
from repo_server.render.elsewhere import Base, ChartAt, FileAt, Reference, Vendored
from repo_server.tree import Tree

_LARGEST_FILE = 16 * 1024 * 1024


class OpenMarket:
    """Fetches over the network; `seconds` bounds each file."""

    def __init__(self, *, mirrors: Mirrors, charts: Charts, tools: Tools, seconds: float) -> None:
        self._mirrors = mirrors
        self._charts = charts
        self._tools = tools
        self._seconds = seconds

    async def file(self, url: str) -> bytes:
        """Return what is at a URL, asked for anonymously."""
        wanted = fetch.Wanted(url=url, repository=Repository(url=url), limit=_LARGEST_FILE)
        fetched = await fetch.get(wanted, seconds=self._seconds)
        assert isinstance(fetched, fetch.Fetched)  # nothing was said to be known
        return fetched.content

    async def base(self, repository: Repository, revision: str) -> Tree:
        """Return the files of a Git repository at a revision; empty means its default branch."""
        mirror = await self._mirrors.of(repository.url, repository)
        return await mirror.tree(await mirror.resolve(revision, tag_prefix="", tools=self._tools, fresh=False))

    async def dependencies(
        self,
        wanted: Sequence[ChartDependency],
        *,
        tree: Tree,
        folder: str,
        repositories: Mapping[str, Repository],
    ) -> Vendored:
        """Return the charts that the chart in a folder depends on."""
        raise Refused("render_failed", f"missing in charts/: {', '.join(each.name for each in wanted)}")

    async def chart(self, repository: Repository, name: str, version: str) -> bytes:
        """Return a packed chart at a version or the highest that satisfies a constraint."""
        raise Refused("render_failed", f"chart {name} {version} of {repository.url} is not fetched yet")

    async def identity(self, reference: Reference, repository: Repository | None) -> str:
        """Return the identity of what a reference means now."""
        match reference:
            case FileAt(url=url):
                return hashlib.sha256(await self.file(url)).hexdigest()
            case Base(revision=revision):
                assert repository is not None
                return (await self.base(repository, revision)).root
            case ChartAt(name=name, version=version):
                assert repository is not None
                return hashlib.sha256(await self.chart(repository, name, version)).hexdigest()
