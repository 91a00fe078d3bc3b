"""Where sources come from, whichever kind they are: a Git repository or a chart repository. Called by `service`.

Offline, a repository may be a folder on disk instead: `folders` are those, by the URL that sources call them by.
"""

from collections.abc import Mapping

import msgspec

from argosy.engine.model.rendering import Integrity
from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.gateways.tools.port import Tools
from argosy.wire.repo_server import ChartsAnswer, IntegrityCheck, RefsAnswer, RevisionMetadata, TagsAnswer
from repo_server.believed import Belief
from repo_server.charts.repository import is_registry
from repo_server.errors import Refused
from repo_server.fetching import Fetching
from repo_server.git import metadata
from repo_server.git.address import scrub
from repo_server.git.hosts import Count, Kind
from repo_server.git.mirrors import Mirrors
from repo_server.git.resolve import is_commit_id
from repo_server.git.signatures import Signatures
from repo_server.git.submodules import Composer
from repo_server.tree import Tree

_NO_FOLDERS: Mapping[str, Tree] = {}
_CHECK = "GIT/GPG"
"""What Argo CD calls it."""


class Sources:
    """Finds revisions and files. Methods raise `Refused`, `Damaged` or a `ToolError`.

    What a chart repository or registry was known to have is believed for `seconds`. Without `signatures`, nobody's are
    asked for.
    """

    def __init__(
        self,
        *,
        mirrors: Mirrors,
        composer: Composer,
        fetching: Fetching,
        signatures: Signatures | None,
        tools: Tools,
        seconds: float,
        folders: Mapping[str, Tree] = _NO_FOLDERS,
    ) -> None:
        self._folders = folders
        self._mirrors = mirrors
        self._composer = composer
        self._charts = fetching.charts
        self._artifacts = fetching.artifacts
        self._signatures = signatures
        self._seconds = seconds
        self._tools = tools

    @property
    def asked(self) -> Mapping[tuple[str, Kind], Count]:
        """What was asked of each Git host since the start."""
        return self._mirrors.asked

    async def resolve(
        self, source: Source, repository: Repository, *, fresh: bool, believe: float | None = None
    ) -> str:
        """Return the commit id or chart version that the source's target revision means.

        What the remote was known to have is believed for `believe` seconds (the server's own interval if None), or,
        with `fresh`, not at all.
        """
        if self._folder(source) is not None:
            return source.target_revision or "HEAD"
        belief = Belief(seconds=self._seconds if believe is None else believe, fresh=fresh)
        if _is_chart(source):
            return await self._charts.resolve(source, repository, belief)
        if _is_artifact(source):
            return await self._artifacts.resolve(source, repository, belief)
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
        if _is_artifact(source):
            return await self._artifacts.tree(source, repository, revision)
        mirror = await self._mirrors.of(source.repo_url, repository)
        return await self._composer.tree(mirror, revision, submodules=submodules)

    async def metadata(
        self, source: Source, repository: Repository, revision: str, integrity: Integrity | None
    ) -> RevisionMetadata:
        """Return who made a revision, when, what they said of it, and how it stands with a policy of signatures."""
        if _is_chart(source):
            return await self._charts.metadata(source, repository, revision)
        if _is_artifact(source):
            return await self._artifacts.metadata(source, repository, revision)
        if not is_commit_id(revision):
            raise Refused("invalid", f"revision {revision!r} must be resolved: ask for the id of its commit")
        mirror = await self._mirrors.of(source.repo_url, repository)
        tags = (await mirror.refs(fresh=False)).tags_of(revision)
        found = metadata.parse(await mirror.commit(revision), tags=tags)
        if integrity is None or self._signatures is None:
            return found
        problems = await self._signatures.problems(mirror, source, revision, integrity)
        return msgspec.structs.replace(found, checks=(IntegrityCheck(_CHECK, problems),))

    async def verify(self, repository: Repository) -> None:
        """Return if the repository can be reached with its credentials."""
        if repository.type == "oci" or (repository.type == "helm" and is_registry(repository)):
            await self._artifacts.verify(repository)
        elif repository.type == "helm":
            await self._charts.verify(repository)
        else:
            await (await self._mirrors.of(repository.url, repository)).refs(fresh=True)

    async def prove(self, source: Source, repository: Repository, revision: str, integrity: Integrity) -> None:
        """Return if a commit is signed as a policy asks. Raises `Refused` (signature_refused), also for no commit."""
        if self._signatures is None:
            return
        if _is_chart(source) or _is_artifact(source) or self._folder(source) is not None:
            raise Refused(
                "signature_refused",
                f"{scrub(source.repo_url)}: the project's policy asks for signed commits, and only Git has them",
            )
        mirror = await self._mirrors.of(source.repo_url, repository)
        await self._signatures.verify(mirror, source, revision, integrity)

    async def charts(self, repository: Repository, *, fresh: bool) -> ChartsAnswer:
        """Return the charts of a chart repository and their versions."""
        return await self._charts.list(repository, Belief(seconds=self._seconds, fresh=fresh))

    async def tags(self, repository: Repository, *, fresh: bool) -> TagsAnswer:
        """Return the tags of a repository of an OCI registry."""
        return TagsAnswer(tags=await self._artifacts.tags(repository, Belief(seconds=self._seconds, fresh=fresh)))

    async def refs(self, repository: Repository, *, fresh: bool) -> RefsAnswer:
        """Return the branches and tags of a Git repository."""
        refs = await (await self._mirrors.of(repository.url, repository)).refs(fresh=fresh)
        return RefsAnswer(branches=tuple(sorted(refs.branches)), tags=tuple(sorted(refs.tags)))

    async def discard(self, source: Source, repository: Repository) -> None:
        """Throw away what is kept of a source's repository because it cannot be read."""
        if not (_is_chart(source) or _is_artifact(source)) and self._folder(source) is None:
            await self._mirrors.discard(await self._mirrors.of(source.repo_url, repository))

    def _folder(self, source: Source) -> Tree | None:
        return None if _is_chart(source) else self._folders.get(source.repo_url)


def check(source: Source, repository: Repository) -> None:
    """Raise `Refused` for a source of a kind that is not served."""
    if source.chart and source.ref:
        raise Refused("invalid", f"source {source.ref!r}: a source with ref must be a Git repository, not a chart")
    if repository.type == "helm" and not source.chart and not _is_artifact(source):
        raise Refused("invalid", f"{scrub(source.repo_url)} is a Helm repository; set spec.source.chart")


def _is_chart(source: Source) -> bool:
    return bool(source.chart)


def _is_artifact(source: Source) -> bool:
    return not source.chart and source.repo_url.startswith("oci://")
