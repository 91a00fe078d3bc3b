"""Renders one source: chooses the tool, and looks first whether the same was rendered before. Called by `service`."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from argosy.engine.model.application import SourceType
from argosy.engine.model.source import Source
from argosy.gateways.tools.port import Tools
from argosy.wire.repo_server import RenderRequest
from repo_server import cache
from repo_server.cache import Cache
from repo_server.errors import Refused
from repo_server.render import detect, directory, environment, helm, kustomize
from repo_server.render.job import Job, Limits, Product
from repo_server.tree import Tree, resolve

EMPTY = Product(source_type="Directory", manifests=b"[]")
"""What a source renders to that others only refer to."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A source at a resolved revision: its files, and the roots that its value files may name as `$name`."""

    source: Source
    revision: str
    tree: Tree
    refs: Mapping[str, Tree]


@dataclass(frozen=True, kw_only=True)
class Renderer:
    """Renders sources with these tools, within these limits, remembering what it rendered."""

    tools: Tools
    cache: Cache
    limits: Limits

    async def render(self, request: RenderRequest, place: Place) -> Product:
        """Return what a source renders to. Raises `Refused`, `Damaged`, `Stuck` or a `ToolError`."""
        job = self._job(request, place)
        kind = detect.source_type(job.source, await _names(job))
        asked = cache.question(_question(job, kind))
        trees = [job.tree, *(job.refs[name] for name in sorted(job.refs))]
        known = await self.cache.find(asked, trees, job.variables.values)
        if known is not None:
            return known
        product = await _run(job, kind)
        self.cache.keep(asked, trees, job.variables, product)
        return product

    def _job(self, request: RenderRequest, place: Place) -> Job:
        return Job(
            source=place.source,
            tree=place.tree.unread(),
            path=folder_of(place.source),
            refs={name: tree.unread() for name, tree in place.refs.items()},
            variables=environment.variables(request, place.source, revision=place.revision),
            application=request.application,
            namespace=request.namespace,
            kube_version=request.kube_version,
            api_versions=request.api_versions,
            limits=self.limits,
            tools=self.tools,
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


async def _names(job: Job) -> frozenset[str]:
    """Return the names in the application's folder. Raises `Refused` (path_not_found).

    This is not recorded as read: the tool that the names lead to is part of the question.
    """
    tree = job.tree.unread()
    await tree.demand(job.path, kind="directory")
    return frozenset(await tree.children(job.path))


def _question(job: Job, kind: SourceType) -> object:
    """Return what decides the render besides the files and the build variables."""
    source = msgspec.structs.replace(job.source, target_revision="")
    asked: list[object] = [kind, source, sorted(job.refs)]
    if kind == "Helm":
        asked += [job.application, job.namespace, job.kube_version, job.api_versions]
    return asked


async def _run(job: Job, kind: SourceType) -> Product:
    match kind:
        case "Helm":
            return await helm.render(job)
        case "Kustomize":
            return await kustomize.render(job)
        case "Directory":
            return await directory.render(job)
        case "Plugin":
            raise Refused("invalid", "config management plugins are not run yet; remove spec.source.plugin")
