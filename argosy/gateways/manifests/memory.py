"""A repo server in memory: repositories are commits of rendered manifests, put there by a test.

A real implementation of what it promises: revisions resolve to the commit that a branch or tag was last given, a commit
renders to the same manifests for ever, a folder that draws on other repositories is refused without their entries, a
commit that is not signed as asked likewise, what was never put there is refused as the real one refuses it, and
scripted refusals come once each, in order.
"""

import hashlib
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from argosy.engine.model.application import SourceType
from argosy.engine.model.rendering import Integrity
from argosy.engine.model.resource import Manifest
from argosy.engine.model.source import Source
from argosy.gateways.manifests.errors import ManifestsError, Refused
from argosy.wire import repo_server as wire

Item = TypeVar("Item")

Folders = Mapping[str, Sequence[Manifest]]
"""The manifests that each path (or chart) of a repository renders to."""


Request = (
    wire.RenderRequest
    | wire.ResolveRequest
    | wire.VerifyRequest
    | wire.MetadataRequest
    | wire.DetailsRequest
    | wire.AppsRequest
    | wire.RepositoryRequest
)


@dataclass(frozen=True, kw_only=True)
class _Commit:
    folders: Folders
    metadata: wire.RevisionMetadata
    signed_by: str


class MemoryManifests:
    """Renders what `commit` was given; `asked` records every request, `refuse` scripts the next answer.

    `draws_on` are the names of other repositories without whose entries a folder (or chart) is not rendered;
    `described` what is said of one, `linted` what a linter would warn of in a chart, `warned` what rendering warns of
    anyway. `offered` are the charts of a chart repository, `pushed` the tags of one in a registry, by URL.
    """

    def __init__(self, *, source_type: SourceType = "Directory") -> None:
        self.asked: list[Request] = []
        self.draws_on: dict[tuple[str, str], tuple[str, ...]] = {}
        self.described: dict[tuple[str, str], wire.Details] = {}
        self.linted: dict[tuple[str, str], tuple[str, ...]] = {}
        self.warned: dict[tuple[str, str], tuple[str, ...]] = {}
        self.offered: dict[str, tuple[wire.Chart, ...]] = {}
        self.pushed: dict[str, tuple[str, ...]] = {}
        self._source_type: SourceType = source_type
        self._commits: dict[tuple[str, str], _Commit] = {}
        self._branches: dict[tuple[str, str], str] = {}
        self._tags: dict[tuple[str, str], str] = {}
        self._refusals: deque[ManifestsError] = deque()

    def commit(
        self,
        url: str,
        folders: Folders,
        *,
        branch: str = "HEAD",
        metadata: wire.RevisionMetadata | None = None,
        signed_by: str = "",
    ) -> str:
        """Put a commit on a branch of a repository and return its id, which depends on what it holds.

        `signed_by` is the id of the key that signed it, if any did.
        """
        parent = self._branches.get((url, branch), "")
        revision = hashlib.sha1(
            msgspec.json.encode([parent, branch, folders], order="sorted"), usedforsecurity=False
        ).hexdigest()
        self._commits[url, revision] = _Commit(
            folders=folders, metadata=metadata or wire.RevisionMetadata(), signed_by=signed_by
        )
        self._branches[url, branch] = revision
        return revision

    def tag(self, url: str, name: str, revision: str) -> None:
        """Give a commit a name that stays."""
        self._tags[url, name] = revision

    def refuse(self, *errors: ManifestsError) -> None:
        """Answer the next requests with these errors, one each."""
        self._refusals.extend(errors)

    async def render(self, request: wire.RenderRequest) -> wire.RenderAnswer:
        """Return what the sources were said to render to."""
        self._note(request)
        self._demand_entries(request)
        return wire.RenderAnswer(tuple(self._answered(request, item) for item in request.sources))

    async def resolve(self, request: wire.ResolveRequest) -> str:
        """Return the commit that the target revision means now."""
        self._note(request)
        return self._resolved(request.source)

    async def verify(self, request: wire.VerifyRequest) -> None:
        """Return if anything was committed to the repository."""
        self._note(request)
        self._demand_repository(request.repository.url)

    async def metadata(self, request: wire.MetadataRequest) -> wire.RevisionMetadata:
        """Return what was said of a commit."""
        self._note(request)
        commit = self._at(request.source.repo_url, request.revision)
        if request.integrity is None:
            return commit.metadata
        check = wire.IntegrityCheck("GIT/GPG", _unsigned(commit, request.revision, request.integrity))
        return msgspec.structs.replace(commit.metadata, checks=(check,))

    async def details(self, request: wire.DetailsRequest) -> wire.Details:
        """Return what was said of the folder, or what it would be rendered by."""
        self._note(request)
        if not 0 <= request.position < len(request.sources):
            raise Refused("invalid", f"the application has {len(request.sources)} sources")
        item = request.sources[request.position]
        self._rendered(item)
        return self.described.get((item.source.repo_url, _place(item.source)), wire.Details(self._source_type))

    async def apps(self, request: wire.AppsRequest) -> wire.AppsAnswer:
        """Return the folders of a commit."""
        self._note(request)
        url = request.repository.url
        folders = self._at(url, self._resolved(Source(url, target_revision=request.revision))).folders
        return wire.AppsAnswer(tuple(wire.AppPath(path, self._source_type) for path in sorted(folders)))

    async def refs(self, request: wire.RepositoryRequest) -> wire.RefsAnswer:
        """Return the branches that were committed to, and the tags."""
        self._note(request)
        url = request.repository.url
        self._demand_repository(url)
        branches = sorted(name for known, name in self._branches if known == url and name != "HEAD")
        return wire.RefsAnswer(tuple(branches), tuple(sorted(name for known, name in self._tags if known == url)))

    async def charts(self, request: wire.RepositoryRequest) -> wire.ChartsAnswer:
        """Return the charts that are offered."""
        self._note(request)
        return wire.ChartsAnswer(_there(self.offered, request.repository.url))

    async def tags(self, request: wire.RepositoryRequest) -> wire.TagsAnswer:
        """Return the tags that were pushed."""
        self._note(request)
        return wire.TagsAnswer(_there(self.pushed, request.repository.url))

    async def close(self) -> None:
        """Do nothing: there are no connections."""

    def _note(self, request: Request) -> None:
        self.asked.append(request)
        if self._refusals:
            raise self._refusals.popleft()

    def _demand_entries(self, request: wire.RenderRequest) -> None:
        places = [(each.source.repo_url, _place(each.source)) for each in request.sources]
        missing = [
            name for place in places for name in self.draws_on.get(place, ()) if name not in request.repositories
        ]
        if missing:
            raise Refused("repositories_needed", "other repositories are needed too", repositories=tuple(missing))

    def _answered(self, request: wire.RenderRequest, item: wire.SourceRequest) -> wire.RenderedSource:
        rendered = self._rendered(item)
        place = item.source.repo_url, _place(item.source)
        linted = self.linted.get(place, ())
        fingerprint = hashlib.sha256(msgspec.json.encode(rendered.manifests, order="sorted")).hexdigest()
        unchanged = fingerprint in request.known
        return msgspec.structs.replace(
            rendered,
            manifests=() if unchanged else rendered.manifests,
            source_type="Helm" if linted else rendered.source_type,
            warnings=(*self.warned.get(place, ()), *(linted if request.lint else ())),
            fingerprint=fingerprint,
            unchanged=unchanged,
        )

    def _rendered(self, item: wire.SourceRequest) -> wire.RenderedSource:
        source = item.source
        revision = item.revision or self._resolved(source)
        commit = self._at(source.repo_url, revision)
        if item.integrity is not None and (problems := _unsigned(commit, revision, item.integrity)):
            raise Refused("signature_refused", *problems)
        folders = commit.folders
        place = _place(source)
        if place not in folders:
            raise Refused("path_not_found", f"{place!r} does not exist in {source.repo_url} at {revision[:7]}")
        manifests = tuple(wire.RenderedManifest(manifest=manifest, origin=place) for manifest in folders[place])
        return wire.RenderedSource(revision=revision, source_type=self._source_type, manifests=manifests)

    def _resolved(self, source: Source) -> str:
        self._demand_repository(source.repo_url)
        wanted = source.target_revision or "HEAD"
        if (source.repo_url, wanted) in self._commits:
            return wanted
        if (source.repo_url, wanted) in self._tags:
            return self._tags[source.repo_url, wanted]
        if (source.repo_url, wanted) not in self._branches:
            raise Refused("revision_not_found", f"unable to resolve {wanted!r} to a commit SHA in {source.repo_url}")
        return self._branches[source.repo_url, wanted]

    def _at(self, url: str, revision: str) -> _Commit:
        self._demand_repository(url)
        if (url, revision) not in self._commits:
            raise Refused("revision_not_found", f"{url} does not hand out commit {revision}")
        return self._commits[url, revision]

    def _demand_repository(self, url: str) -> None:
        if all(known != url for known, _ in self._commits) and url not in self.offered | self.pushed:
            raise Refused("repository_not_found", f"repository {url}: there is no such repository")


def _unsigned(commit: _Commit, revision: str, integrity: Integrity) -> tuple[str, ...]:
    """Return what is wrong with a commit's signature."""
    return (
        () if commit.signed_by in integrity.keys else (f"commit {revision[:7]} is not signed by a key that may sign",)
    )


def _place(source: Source) -> str:
    return source.chart or source.path.strip("/") or "."


def _there(repositories: Mapping[str, tuple[Item, ...]], url: str) -> tuple[Item, ...]:
    if url not in repositories:
        raise Refused("repository_not_found", f"repository {url}: there is no such repository")
    return repositories[url]
