"""What the repo server does: find the revision, read the tree, choose the tool, run it. Called by `http` and offline.

Comes in: requests of `argosy.wire.repo_server`. Goes out: their answers, or `Refused`. Each request has a deadline, and
waits only for its own repositories.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import structlog

from argosy.engine.errors import Stuck
from argosy.engine.model.base import Model
from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.engine.settings import urls
from argosy.gateways.tools.errors import ToolCrashed, ToolError, ToolFailed, ToolLimit
from argosy.gateways.tools.port import QUEUE
from argosy.wire.repo_server import (
    AppsAnswer,
    AppsRequest,
    ChartsAnswer,
    Details,
    DetailsRequest,
    MetadataRequest,
    RefsAnswer,
    RenderRequest,
    RepositoryRequest,
    ResolveAnswer,
    ResolveRequest,
    RevisionMetadata,
    SourceRequest,
    TagsAnswer,
    ToolSettings,
    VerifyRequest,
)
from repo_server import sources
from repo_server.errors import Damaged, Refused
from repo_server.git.address import scrub
from repo_server.git.hosts import Count, Kind
from repo_server.product import Product
from repo_server.render import apps
from repo_server.render.source import EMPTY, Place, Renderer
from repo_server.sources import Sources
from repo_server.tree import Tree

Answer = TypeVar("Answer")

log = structlog.get_logger("repo_server")

_MOST_SOURCES = 1000
"""Each costs a little, even if all are refused in the end; no application has as many."""


class EncodedSource(Model, frozen=True):
    """A `RenderedSource` whose manifests are JSON already."""

    revision: str
    source_type: str
    manifests: msgspec.Raw
    notes: str = ""
    warnings: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    fingerprint: str = ""
    unchanged: bool = False


class EncodedAnswer(Model, frozen=True):
    """A `RenderAnswer` of such sources."""

    sources: tuple[EncodedSource, ...]


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What may be taken: seconds by a request, and renders at once (0: any number)."""

    seconds: float
    parallel: int


class _Found(msgspec.Struct, frozen=True, kw_only=True):
    """A source with its resolved revision and the files there."""

    request: SourceRequest
    revision: str
    tree: Tree


class Service:
    """Answers the requests of the wire."""

    def __init__(self, *, sources: Sources, renderer: Renderer, bounds: Bounds) -> None:
        self._sources = sources
        self._renderer = renderer
        self._bounds = bounds
        self._turns = asyncio.Semaphore(bounds.parallel) if bounds.parallel else None

    @property
    def rendered(self) -> int:
        """How often a tool was asked to render, since the start."""
        return self._renderer.rendered

    @property
    def asked(self) -> Mapping[tuple[str, Kind], Count]:
        """What was asked of each Git host, since the start."""
        return self._sources.asked

    async def render(self, request: RenderRequest) -> EncodedAnswer:
        """Render the sources of an application: all of them, or `Refused`."""
        if not request.sources:
            raise Refused("invalid", "the application has no source; set spec.source")
        _check(request.sources)

        async def work() -> EncodedAnswer:
            found = await _all([self._find(item, request.tools) for item in request.sources])
            refs = _refs(found)
            return EncodedAnswer(sources=tuple([await self._render(request, item, refs) for item in found]))

        return await self._within_bounds(work, _repositories(request.sources))

    async def details(self, request: DetailsRequest) -> Details:
        """Return what could be set about one of an application's sources."""
        if not 0 <= request.position < len(request.sources):
            raise Refused("invalid", f"the application has {len(request.sources)} sources, none {request.position}")
        _check(request.sources)

        async def work() -> Details:
            found = await _all([self._find(item, request.tools) for item in request.sources])
            item = found[request.position]
            asked = RenderRequest(
                application=request.application,
                namespace="",
                project=request.project,
                sources=request.sources,
                tools=request.tools,
            )
            try:
                return await self._renderer.details(asked, _place(item, _refs(found)))
            except (Refused, Stuck, ToolFailed, ToolLimit) as error:
                raise _told(error, item) from error

        return await self._within_bounds(work, _repositories(request.sources))

    async def apps(self, request: AppsRequest) -> AppsAnswer:
        """Return the folders of a repository that could be applications."""
        source = Source(repo_url=request.repository.url, target_revision=request.revision)

        async def work() -> AppsAnswer:
            found = await self._find(SourceRequest(source, request.repository), request.tools)
            return AppsAnswer(items=await apps.paths(found.tree, request.tools))

        return await self._within_bounds(work, [(source, request.repository)])

    async def refs(self, request: RepositoryRequest) -> RefsAnswer:
        """Return the branches and tags of a Git repository."""
        return await self._ask(request, lambda: self._sources.refs(request.repository, fresh=request.fresh))

    async def charts(self, request: RepositoryRequest) -> ChartsAnswer:
        """Return the charts of a chart repository."""
        return await self._ask(request, lambda: self._sources.charts(request.repository, fresh=request.fresh))

    async def tags(self, request: RepositoryRequest) -> TagsAnswer:
        """Return the tags of a repository of an OCI registry."""
        return await self._ask(request, lambda: self._sources.tags(request.repository, fresh=request.fresh))

    async def _ask(self, request: RepositoryRequest, work: Callable[[], Awaitable[Answer]]) -> Answer:
        source = Source(repo_url=request.repository.url)
        return await self._within_bounds(work, [(source, request.repository)])

    async def resolve(self, request: ResolveRequest) -> ResolveAnswer:
        """Return what the target revision of a source means now."""
        sources.check(request.source, request.repository)

        async def work() -> ResolveAnswer:
            revision = await self._sources.resolve(
                request.source, request.repository, fresh=request.fresh, believe=request.believe
            )
            return ResolveAnswer(revision=revision)

        return await self._within_bounds(work, [(request.source, request.repository)])

    async def verify(self, request: VerifyRequest) -> None:
        """Return if the repository can be reached with its credentials."""
        source = Source(repo_url=request.repository.url)
        await self._within_bounds(lambda: self._sources.verify(request.repository), [(source, request.repository)])

    async def metadata(self, request: MetadataRequest) -> RevisionMetadata:
        """Return who made a revision, when, and what they said of it."""
        sources.check(request.source, request.repository)
        return await self._within_bounds(
            lambda: self._sources.metadata(request.source, request.repository, request.revision, request.integrity),
            [(request.source, request.repository)],
        )

    async def _find(self, item: SourceRequest, settings: ToolSettings) -> _Found:
        source, repository = item.source, item.repository
        revision = item.revision or await self._sources.resolve(source, repository, fresh=False)
        if item.integrity is not None:
            await self._sources.prove(source, repository, revision, item.integrity)
        tree = await self._sources.tree(source, repository, revision, submodules=settings.submodules)
        return _Found(request=item, revision=revision, tree=tree)

    async def _render(self, request: RenderRequest, found: _Found, refs: Mapping[str, Tree]) -> EncodedSource:
        source = found.request.source
        QUEUE.set(source.repo_url)
        if source.ref and not source.path and not source.chart:
            return _encoded(found, EMPTY, request.known)
        try:
            async with self._turn():
                product = await self._renderer.render(request, _place(found, refs))
        except (Refused, Stuck, ToolFailed, ToolLimit) as error:
            raise _told(error, found) from error
        return _encoded(found, product, request.known)

    def _turn(self) -> contextlib.AbstractAsyncContextManager[None]:
        return self._turns if self._turns is not None else contextlib.nullcontext()

    async def _within_bounds(
        self, work: Callable[[], Awaitable[Answer]], repositories: Sequence[tuple[Source, Repository]]
    ) -> Answer:
        """Do the work before the deadline, once more if what we keep on disk had to be thrown away first."""
        try:
            async with asyncio.timeout(self._bounds.seconds):
                try:
                    return await work()
                except Damaged:
                    for source, repository in repositories:
                        await self._sources.discard(source, repository)
                    return await work()
        except TimeoutError as error:
            raise Refused(
                "limit_exceeded", f"there was no answer within the time limit of {self._bounds.seconds:g} seconds"
            ) from error
        except Damaged as error:
            log.warning("what is kept on disk could not be read, twice", error=str(error))
            raise Refused("unavailable", "what was fetched could not be read, twice; try again") from error
        except ToolCrashed as error:
            raise Refused("bug", str(error)) from error
        except ToolLimit as error:
            raise Refused("limit_exceeded", str(error)) from error
        except ToolFailed as error:
            raise Refused("invalid", str(error)) from error
        except ToolError as error:
            raise Refused("unavailable", str(error)) from error


def _check(asked: Sequence[SourceRequest]) -> None:
    if len(asked) > _MOST_SOURCES:
        raise Refused("limit_exceeded", f"the application has {len(asked):,} sources; {_MOST_SOURCES:,} are the most")
    for item in asked:
        sources.check(item.source, item.repository)


def _repositories(asked: Sequence[SourceRequest]) -> list[tuple[Source, Repository]]:
    return [(item.source, item.repository) for item in asked]


async def _all(work: Sequence[Coroutine[Any, Any, Answer]]) -> list[Answer]:
    """Do things at once. Raises the first error, and leaves nothing running behind it."""
    if len(work) == 1:
        return [await work[0]]
    tasks = [asyncio.ensure_future(item) for item in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def _refs(found: Sequence[_Found]) -> Mapping[str, Tree]:
    """Return the roots that value files may name. Raises `Refused` for one repository at two revisions (2.52)."""
    refs: dict[str, Tree] = {}
    revisions: dict[str, str] = {}
    for item in found:
        source = item.request.source
        if source.ref:
            if revisions.setdefault(urls.normalised(source.repo_url), item.revision) != item.revision:
                raise Refused("invalid", f"sources with ref name {scrub(source.repo_url)} at two different revisions")
            refs[source.ref] = item.tree
    return refs


def _encoded(found: _Found, product: Product, known: Sequence[str]) -> EncodedSource:
    unchanged = bool(product.fingerprint) and product.fingerprint in known
    return EncodedSource(
        revision=found.revision,
        source_type=product.source_type,
        manifests=msgspec.Raw(b"[]" if unchanged else product.manifests),
        fingerprint=product.fingerprint,
        unchanged=unchanged,
        notes=product.notes,
        warnings=product.warnings,
        commands=product.commands,
    )


def _place(found: _Found, refs: Mapping[str, Tree]) -> Place:
    return Place(
        source=found.request.source,
        repository=found.request.repository,
        revision=found.revision,
        tree=found.tree,
        refs=refs,
    )


def _told(error: "Refused | Stuck | ToolFailed | ToolLimit", found: _Found) -> Refused:
    """Say which source of which repository the error is about."""
    source = found.request.source
    where = f"path {source.path or '.'!r} of {found.tree.name}" if not source.chart else found.tree.name
    match error:
        case Refused(code=code, message=message, repositories=repositories):
            told = message if found.tree.name in message else f"{where}: {message}"
            return Refused(code, told, repositories=repositories)
        case ToolLimit():
            return Refused("limit_exceeded", f"{where}: {error}")
        case ToolFailed(place=place, message=message):
            told = message if place.file in message else f"{place}: {message}"
            return Refused("render_failed", f"{where}: {told}")
        case Stuck():
            return Refused("render_failed", f"{where}: {error}")
