"""Renders one source: settles its options, chooses the tool, looks whether the same was rendered before. By `service`.

Two callers who want the same at once wait for one render.
"""

import asyncio
import contextlib
import functools
from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import replace
from weakref import WeakValueDictionary

import msgspec

from argosy.engine.errors import Stuck
from argosy.engine.model.application import SourceType
from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.gateways.clock import Clock
from argosy.gateways.tools.errors import ToolFailed, ToolLimit
from argosy.gateways.tools.port import Tools
from argosy.wire.repo_server import Details, RenderRequest
from repo_server.cache import again, footprint
from repo_server.cache.again import Again
from repo_server.cache.failures import Failures
from repo_server.cache.footprint import Footprint, Now
from repo_server.cache.renders import Lifetime, Remembered, Renders
from repo_server.errors import Refused
from repo_server.plugins.plugins import Plugins
from repo_server.product import Product
from repo_server.render import details, detect, directory, environment, helm, kustomize, overrides, plugin
from repo_server.render.elsewhere import Elsewhere, Market
from repo_server.render.job import Job, Limits
from repo_server.render.parsed import Parsed
from repo_server.tree import Tree, join, resolve

EMPTY = Product(source_type="Directory", manifests=b"[]")
"""What a source renders to that others only refer to."""

_FORMAT = 2
"""Part of every question: to be raised when the same question is answered in another way."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A source at a resolved revision: its entry, its files, and the roots that its value files may name as `$name`."""

    source: Source
    repository: Repository
    revision: str
    tree: Tree
    refs: Mapping[str, Tree]


class Renderer:
    """Renders sources with these tools, within these limits, remembering what it rendered."""

    def __init__(
        self,
        *,
        tools: Tools,
        plugins: Plugins,
        market: Market,
        renders: Renders,
        failures: Failures,
        limits: Limits,
        clock: Clock,
        lifetime: float,
    ) -> None:
        self._tools = tools
        self._plugins = plugins
        self._market = market
        self._renders = renders
        self._again = Again(renders)
        self._failures = failures
        self._limits = limits
        self._clock = clock
        self._lifetime = lifetime
        self._parsed = Parsed(tools)
        self._turns: WeakValueDictionary[tuple[bytes, tuple[str, ...]], asyncio.Lock] = WeakValueDictionary()
        self._versions: Mapping[str, str] | None = None
        self.rendered = 0

    async def render(self, request: RenderRequest, place: Place) -> Product:
        """Return what a source renders to. Raises `Refused`, `Damaged`, `Stuck` or a `ToolError`."""
        now = self._now(request, place)
        asked = again.digest(request, place.source, now)
        plain = not await self._plugins.names()  # one of them may take over any folder at any time
        if plain and not request.fresh and (known := await self._again.find(asked, now)) is not None:
            return known
        job, kind = await self._prepared(request, place)
        answer = await self._answer(job, kind, place, now, fresh=request.fresh)
        if plain and job.source is place.source:  # overrides may be links to anywhere
            await self._again.note(asked, answer, now, folder=job.path)
        return answer.product

    async def _answer(self, job: Job, kind: SourceType, place: Place, now: Now, *, fresh: bool) -> Remembered:
        """Return what the same question was rendered to before, or render it."""
        asked = await self._question(job, kind)
        find = functools.partial(self._renders.find, asked, now, revision=place.revision, owner=_owner(job))
        if not fresh and (known := await find()) is not None:
            return known
        async with self._turn(asked, now):
            if not fresh:
                if (known := await find()) is not None:
                    return known
                holds = functools.partial(footprint.holds, now=now)
                await self._failures.check(_failure(asked, job), holds, name=job.tree.name)
            return await self._rendered(job, kind, asked, place)

    async def details(self, request: RenderRequest, place: Place) -> Details:
        """Return what could be set about a source. Raises as `render`."""
        job, kind = await self._prepared(request, place)
        match kind:
            case "Helm":
                return await details.of_helm(job)
            case "Kustomize":
                return await details.of_kustomize(job)
            case "Directory":
                return Details(source_type=kind)
            case "Plugin":
                return Details(source_type=kind, plugin=await plugin.announced(job, self._plugins))

    async def _prepared(self, request: RenderRequest, place: Place) -> tuple[Job, SourceType]:
        """Return the job of a source, its overrides merged in, and the tool for it."""
        job = self._job(request, place)
        names = await _names(job)
        if found := overrides.files(names, application=job.application):
            paths = [join(job.path, name) for name in found]
            source = await overrides.merged(job.source, job.tree.unread(), paths, parsed=self._parsed)
            job = replace(job, source=source)
        return job, await self._kind(job, names)

    async def _kind(self, job: Job, names: Collection[str]) -> SourceType:
        kind = detect.explicit(job.source, job.settings)
        if kind is None and await plugin.discovered(job, self._plugins) is not None:
            return "Plugin"
        return kind or detect.by_files(names, job.settings)

    async def _rendered(self, job: Job, kind: SourceType, asked: bytes, place: Place) -> Remembered:
        self.rendered += 1
        try:
            product = await self._run(job, kind)
        except (Refused, Stuck, ToolFailed, ToolLimit) as error:
            if (refused := _lasting(error)) is not None:
                self._failures.note(_failure(asked, job), _footprint(job, ()), refused, name=job.tree.name)
            raise
        self._failures.forget(_failure(asked, job))
        lifetime = None
        if not product.hermetic:
            revision = "" if job.generate_paths else place.revision
            lifetime = Lifetime(revision=revision, until=self._clock.now().timestamp() + self._lifetime)
        depended = _footprint(job, product.api_versions)
        return self._renders.keep(asked, product, depended, lifetime=lifetime, owner=_owner(job))

    @contextlib.asynccontextmanager
    async def _turn(self, asked: bytes, now: Now) -> AsyncGenerator[None]:
        key = (asked, tuple(tree.root for tree in now.trees))
        lock = self._turns.setdefault(key, asyncio.Lock())
        async with lock:
            yield

    async def _run(self, job: Job, kind: SourceType) -> Product:
        match kind:
            case "Helm":
                return await helm.render(job)
            case "Kustomize":
                return await kustomize.render(job)
            case "Directory":
                return await directory.render(job)
            case "Plugin":
                return await plugin.render(job, self._plugins)

    async def _question(self, job: Job, kind: SourceType) -> bytes:
        """Return what decides the render besides what is read: the footprint has the rest."""
        if self._versions is None:
            self._versions = await self._tools.versions()
        # Where the files come from does not count: what was read of them does.
        source = msgspec.structs.replace(job.source, repo_url="", target_revision="", tag_prefix="", name="", ref="")
        told = await self._told(job, kind)
        apart = [tree.apart for tree in _trees(job)]
        asked = [_FORMAT, self._versions, kind, source, job.settings, sorted(job.refs), apart, job.lint, told]
        return msgspec.json.encode(asked, order="deterministic")

    async def _told(self, job: Job, kind: SourceType) -> object:
        """Return what a tool is told of the application and its destination, as far as that decides what it renders."""
        match kind:
            case "Helm":
                return helm.told(job)
            case "Kustomize":
                return kustomize.told(job)
            case "Directory":
                return None
            case "Plugin":
                return await plugin.told(job, self._plugins)

    def _now(self, request: RenderRequest, place: Place) -> Now:
        names = sorted(place.refs)
        return Now(
            trees=[place.tree, *(place.refs[name] for name in names)],
            names=names,
            variables=environment.variables(request, place.source, revision=place.revision).values,
            api_versions=request.api_versions,
            elsewhere=self._elsewhere(request, place).identity,
        )

    def _elsewhere(self, request: RenderRequest, place: Place) -> Elsewhere:
        return Elsewhere(self._market, own=place.repository, repositories=request.repositories)

    def _job(self, request: RenderRequest, place: Place) -> Job:
        return Job(
            source=place.source,
            tree=place.tree.unread(),
            path=folder_of(place.source),
            refs={name: tree.unread() for name, tree in place.refs.items()},
            elsewhere=self._elsewhere(request, place),
            variables=environment.variables(request, place.source, revision=place.revision),
            project=request.project,
            application=request.application,
            namespace=request.namespace,
            kube_version=request.kube_version,
            api_versions=request.api_versions,
            settings=request.tools,
            lint=request.lint,
            generate_paths=request.generate_paths,
            limits=self._limits,
            tools=self._tools,
            parsed=self._parsed,
        )


def folder_of(source: Source) -> str:
    """Return the application's folder in its tree. Raises `Refused` (invalid) for a path that leads elsewhere."""
    path = source.path.strip()
    if path.startswith("/"):
        raise Refused("invalid", f"spec.source.path {source.path!r} must be relative to the root of the repository")
    if ".." in path.split("/") or "\0" in path:
        raise Refused("invalid", f"spec.source.path {source.path!r} must not contain '..'")
    if source.chart:
        return ""
    return resolve("", path) or ""


async def _names(job: Job) -> Collection[str]:
    """Return the names in the application's folder. Raises `Refused` (path_not_found).

    This is not recorded as read: the tool that the names lead to is part of the question.
    """
    tree = job.tree.unread()
    if names := await tree.children(job.path):
        return names
    await tree.demand(job.path, kind="directory")
    return names


def _owner(job: Job) -> str:
    """Return the one application that may have what was made by chance for it."""
    return f"{job.project}/{job.application}"


def _failure(asked: bytes, job: Job) -> bytes:
    """Return the key of a failure, whose message names the repository, and what chance made: for nobody else."""
    return f"{_owner(job)} {job.source.repo_url} ".encode() + asked


def _trees(job: Job) -> list[Tree]:
    return [job.tree, *(job.refs[name] for name in sorted(job.refs))]


def _footprint(job: Job, api_versions: tuple[str, ...] | None) -> Footprint:
    return Footprint(
        trees=tuple(footprint.looks(tree.record) for tree in _trees(job)),
        variables=job.variables.used(),
        api_versions=None if api_versions is None else footprint.answers(api_versions, job.api_versions),
        all_versions=footprint.hashed(job.api_versions) if api_versions is None else "",
        elsewhere=job.elsewhere.taken,
    )


def _lasting(error: Refused | Stuck | ToolFailed | ToolLimit) -> Refused | None:
    """Return the refusal to remember; None for one that another try may not meet."""
    match error:
        case Refused(code="unavailable" | "access_denied" | "repositories_needed" | "repository_not_found" | "bug"):
            return None
        case Refused():
            return error
        case ToolLimit():
            return Refused("limit_exceeded", str(error))
        case Stuck() | ToolFailed():
            return Refused("render_failed", str(error))
