"""Where sources come from, whichever kind they are: a Git repository or a chart repository. Called by `service`.

Offline, a repository may be a folder on disk instead: `folders` are those, by the URL that sources call them by.
"""

from collections.abc import Mapping

from argosy.engine.model.rendering import Integrity
from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.gateways.tools.port import Tools
from argosy.wire.repo_server import ChartsAnswer, RefsAnswer, RevisionMetadata, TagsAnswer
from repo_server.charts.repository import Charts
from repo_server.errors import Refused
from repo_server.git import metadata
from repo_server.git.address import scrub
from repo_server.git.mirrors import Mirrors
from repo_server.tree import Tree

_NO_FOLDERS: Mapping[str, Tree] = {}


class Sources:
    """Finds revisions and files. Methods raise `Refused`, `Damaged` or a `ToolError`."""

    def __init__(
        self, *, mirrors: Mirrors, charts: Charts, tools: Tools, folders: Mapping[str, Tree] = _NO_FOLDERS
    ) -> None:
        self._folders = folders
        self._mirrors = mirrors
        self._charts = charts
        self._tools = tools

    async def resolve(
        self, source: Source, repository: Repository, *, fresh: bool, believe: float | None = None
    ) -> str:
        """Return the commit id or chart version that the source's target revision means.

        What the remote was known to have is believed for `believe` seconds (the server's own interval if None), or,
        with `fresh`, not at all.
        """
        if self._folder(source) is not None:
            return source.target_revision or "HEAD"
        if _is_chart(source):
            return await self._charts.resolve(source, repository, fresh=fresh, believe=believe)
        mirror = await self._mirrors.of(source.repo_url, repository)
        return await mirror.resolve(
            source.target_revision, tag_prefix=source.tag_prefix, tools=self._tools, fresh=fresh, believe=believe
        )

    async def tree(self, source: Source, repository: Repository, revision: str, *, submodules: bool) -> Tree:
        """Return the files of the repository, or of the chart, at a resolved revision."""
        if (folder := self._folder(source)) is not None:
            return folder
        if _is_chart(source):
            return await self._charts.tree(source, repository, revision)
        return await (await self._mirrors.of(source.repo_url, repository)).tree(revision)

    async def metadata(self, source: Source, repository: Repository, revision: str) -> RevisionMetadata:
        """Return who made a revision, when, and what they said of it."""
        if _is_chart(source):
            return await self._charts.metadata(source, repository, revision)
        mirror = await self._mirrors.of(source.repo_url, repository)
        tags = (await mirror.refs(fresh=False)).tags_of(revision)
        return metadata.parse(await mirror.commit(revision), tags=tags)

    async def verify(self, repository: Repository) -> None:
        """Return if the repository can be reached with its credentials."""
        _refuse_oci(repository.url, oci=repository.enable_oci or repository.type == "oci")
        if repository.type == "helm":
            await self._charts.verify(repository)
        else:
            await (await self._mirrors.of(repository.url, repository)).refs(fresh=True)

    async def prove(self, source: Source, repository: Repository, revision: str, integrity: Integrity) -> None:
        """Return if the commit is signed as a policy asks; only Git sources can prove anything."""
        raise Refused("signature_refused", f"{scrub(source.repo_url)} at {revision}: signatures are not verified yet")

    async def charts(self, repository: Repository, *, fresh: bool) -> ChartsAnswer:
        """Return the charts of a chart repository and their versions."""
        raise Refused("invalid", f"{scrub(repository.url)}: charts are not listed yet")

    async def tags(self, repository: Repository, *, fresh: bool) -> TagsAnswer:
        """Return the tags of a repository of an OCI registry."""
        raise Refused("invalid", f"{scrub(repository.url)}: tags are not listed yet")

    async def refs(self, repository: Repository, *, fresh: bool) -> RefsAnswer:
        """Return the branches and tags of a Git repository."""
        refs = await (await self._mirrors.of(repository.url, repository)).refs(fresh=fresh)
        return RefsAnswer(branches=tuple(sorted(refs.branches)), tags=tuple(sorted(refs.tags)))

    async def discard(self, source: Source, repository: Repository) -> None:
        """Throw away what is kept of a source's repository because it cannot be read."""
        if not _is_chart(source) and self._folder(source) is None:
            await self._mirrors.discard(await self._mirrors.of(source.repo_url, repository))

    def _folder(self, source: Source) -> Tree | None:
        return None if _is_chart(source) else self._folders.get(source.repo_url)


def check(source: Source, repository: Repository) -> None:
    """Raise `Refused` for a source of a kind that is not served."""
    _refuse_oci(source.repo_url, oci=repository.enable_oci or repository.type == "oci")
    if source.plugin is not None:
        raise Refused("invalid", "config management plugins are not run yet; remove spec.source.plugin")
    if source.chart and source.ref:
        raise Refused("invalid", f"source {source.ref!r}: a source with ref must be a Git repository, not a chart")
    if repository.type == "helm" and not source.chart:
        raise Refused("invalid", f"{scrub(source.repo_url)} is a Helm repository; set spec.source.chart")


def _refuse_oci(url: str, *, oci: bool) -> None:
    if oci or url.startswith("oci://"):
        raise Refused("invalid", f"{scrub(url)}: OCI registries are not read yet; use an HTTP chart repository or Git")


def _is_chart(source: Source) -> bool:
    return bool(source.chart)
