"""A kustomization and everything that it reaches -> its manifests. Argo CD 2.30 to 2.36.

What Kustomize may read is handed to it: every text of a kustomization that names a file or folder of the repository is
taken for a reference to it. That is a little more than Kustomize reads, and never less, whichever field names it. What
leads out of the repository is not handed over, so that Kustomize says itself what it misses. What is on another
host the worker asks for: it is fetched, and laid beside the rest.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from argosy.engine import rendered, versions
from argosy.engine.model.source import KustomizeOptions
from argosy.gateways.tools.port import (
    File,
    KustomizeAnswer,
    KustomizeNeeds,
    KustomizeRequest,
    PulledChart,
    RemoteFile,
    RemoteReference,
    RemoteRepository,
    WantedChart,
)
from repo_server.errors import Refused
from repo_server.git.address import scrub
from repo_server.product import Product
from repo_server.render import commands
from repo_server.render.detect import KUSTOMIZATIONS
from repo_server.render.environment import Variables
from repo_server.render.job import Job, encoded, written
from repo_server.tree import Entry, Tree, join, parent, resolve

_MOST_FOLDERS = 1000
_MOST_ROUNDS = 20
_ENABLE_HELM = "--enable-helm"
_LONGEST_REFERENCE = 1024
_PLUGIN_FIELDS = ("generators", "transformers", "validators")
_ELSEWHERE = ".argosy-elsewhere"
"""Where in the worker's file system other repositories are laid; their own folders, below it, are named by a hash."""


async def render(job: Job) -> Product:
    """Build the kustomization of the application's folder. Raises `Refused`, `Stuck` or a `ToolError`."""
    options = _substituted(job.source.kustomize or KustomizeOptions(), job.variables)
    request = KustomizeRequest(
        files=(),
        directory=job.path,
        options=options,
        build_options=_build_options(job, options),
        kube_version=_kube_version(job, options),
        api_versions=_api_versions(job, options),
    )
    answer = await _built(job, request)
    return Product(
        source_type="Kustomize",
        manifests=encoded(rendered.manifests_of(written(answer.documents))),
        commands=commands.kustomize(options, build_options=request.build_options),
        api_versions=() if options.api_versions else answer.asked,
        random=answer.random,
    )


def told(job: Job) -> object:
    """Return what decides a build besides the source and the files: what charts inflated on the way see."""
    options = job.source.kustomize or KustomizeOptions()
    return _kube_version(job, options) if _ENABLE_HELM in _build_options(job, options) else None


def _substituted(options: KustomizeOptions, variables: Variables) -> KustomizeOptions:
    annotations = options.common_annotations
    if options.common_annotations_envsubst:
        annotations = {name: variables.substitute(value) for name, value in annotations.items()}
    images = tuple(variables.substitute(image) for image in options.images)
    return msgspec.structs.replace(options, common_annotations=annotations, images=images)


def _build_options(job: Job, options: KustomizeOptions) -> str:
    """Return the build options of the version that is asked for. Raises `Refused` for one that is not registered."""
    if not options.version:
        return job.settings.kustomize_build_options
    if options.version not in job.settings.kustomize_versions:
        raise Refused("render_failed", f"kustomize version {options.version} is not registered")
    return job.settings.kustomize_versions[options.version]


def _kube_version(job: Job, options: KustomizeOptions) -> str:
    return versions.plain(options.kube_version or job.kube_version)


def _api_versions(job: Job, options: KustomizeOptions) -> tuple[str, ...]:
    """Return what charts inflated on the way see; there are none unless the build options allow it."""
    return options.api_versions or job.api_versions if _ENABLE_HELM in _build_options(job, options) else ()


async def _built(job: Job, request: KustomizeRequest) -> KustomizeAnswer:
    """Build, handing in what the worker finds missing, until it finds nothing more."""
    reach = _Reach(job)
    await reach.start(request.options)
    for _ in range(_MOST_ROUNDS):
        request = replace(request, files=reach.files, remotes=dict(reach.remotes), charts=tuple(reach.charts.values()))
        outcome = await job.tools.kustomize(request)
        if isinstance(outcome, KustomizeAnswer):
            return outcome
        await reach.fetch(outcome)
    raise Refused("limit_exceeded", f"the kustomization needs other repositories more than {_MOST_ROUNDS} times over")


@dataclass(frozen=True, kw_only=True)
class _Root:
    """A repository whose files are handed in below `prefix`."""

    tree: Tree
    prefix: str


class _Reach:
    """Collects the files that a kustomization reaches, folder by folder, and what it needs from elsewhere.

    `remotes` say where among the files a reference to another host is, `charts` are those that were pulled.
    """

    def __init__(self, job: Job) -> None:
        self.remotes: dict[str, str] = {}
        self.charts: dict[tuple[str, str, str], PulledChart] = {}
        self._job = job
        self._own = _Root(tree=job.tree, prefix="")
        self._elsewhere: dict[str, _Root] = {}
        self._files: dict[str, bytes] = {}
        self._seen: set[tuple[str, str]] = set()
        self._waiting: list[tuple[_Root, str]] = []

    @property
    def files(self) -> tuple[File, ...]:
        """What is handed in, by path."""
        return tuple(File(path=path, content=content) for path, content in sorted(self._files.items()))

    async def start(self, options: KustomizeOptions) -> None:
        """Collect what is reached from the application's folder, and what the options name."""
        self._waiting.append((self._own, self._job.path))
        await self._take(self._own, self._job.path, [*options.components, *(patch.path for patch in options.patches)])
        await self._walk()

    async def fetch(self, needs: KustomizeNeeds) -> None:
        """Collect what the worker found missing. Raises `Refused`."""
        for reference in needs.remotes:
            self.remotes[reference.reference] = await self._remote(reference)
        for wanted in needs.charts:
            await self._chart(wanted)
        await self._walk()

    async def _remote(self, reference: RemoteReference) -> str:
        """Lay what a reference means beside the rest, and return where; the last of what it may mean has the say."""
        *attempts, last = reference.meant
        for meant in attempts:
            try:
                return await self._lay(meant)
            except Refused as refused:
                if refused.code not in ("repository_not_found", "revision_not_found", "access_denied"):
                    raise
        try:
            return await self._lay(last)
        except Refused as refused:
            told = f"{reference.file} refers to {scrub(reference.reference)!r}: {refused.message}"
            raise Refused(refused.code, told, repositories=refused.repositories) from refused

    async def _lay(self, meant: RemoteFile | RemoteRepository) -> str:
        match meant:
            case RemoteFile(url=url):
                path = f"{_place_of(url, '')}.yaml"
                self._files[path] = await self._job.elsewhere.manifest(url)
                return path
            case RemoteRepository(url=url, path=path, ref=ref):
                prefix = _place_of(url, ref)
                if prefix not in self._elsewhere:
                    self._elsewhere[prefix] = _Root(tree=await self._job.elsewhere.base(url, ref), prefix=prefix)
                root = self._elsewhere[prefix]
                await root.tree.demand(path, kind="directory")
                self._waiting.append((root, path))
                return prefix

    async def _chart(self, wanted: WantedChart) -> None:
        """Hand in the chart in a folder of the repository if it is there, else pull it."""
        root = next((root for prefix, root in self._elsewhere.items() if wanted.folder.startswith(prefix)), self._own)
        folder = wanted.folder.removeprefix(root.prefix).lstrip("/")
        entry = await root.tree.find(folder)
        if entry is not None and entry.node.kind == "directory":
            await self._read(root, await root.tree.files(folder))
            return
        if not wanted.repository:
            raise Refused("path_not_found", f"{wanted.file}: chart {wanted.name} is not in {folder!r}, and has no repo")
        content = await self._job.elsewhere.chart(wanted.repository, wanted.name, wanted.version)
        self.charts[wanted.repository, wanted.name, wanted.version] = PulledChart(
            repository=wanted.repository, name=wanted.name, version=wanted.version, content=content
        )

    async def _walk(self) -> None:
        while self._waiting:
            root, folder = self._waiting.pop()
            if (root.prefix, folder) not in self._seen:
                self._seen.add((root.prefix, folder))
                if len(self._seen) > _MOST_FOLDERS:
                    raise Refused("limit_exceeded", f"the kustomization reaches more than {_MOST_FOLDERS:,} folders")
                await self._visit(root, folder)

    async def _visit(self, root: _Root, folder: str) -> None:
        for name in KUSTOMIZATIONS:
            if await root.tree.find(join(folder, name)) is not None:
                document = await self._document(root, join(folder, name))
                await self._take(root, folder, _texts(document))
                await self._take_plugins(root, folder, document)

    async def _take(self, root: _Root, folder: str, references: Iterable[str]) -> list[str]:
        """Take the files that are referred to from a folder, and note the folders; return the files' paths."""
        found = [entry for reference in references if (entry := await _find(root, folder, reference))]
        self._waiting += [(root, entry.path) for entry in found if entry.node.kind == "directory"]
        paths = [entry.path for entry in found if entry.node.kind == "file"]
        await self._read(root, paths)
        return paths

    async def _take_plugins(self, root: _Root, folder: str, document: Mapping[str, Any]) -> None:
        """Take what the configurations of generators and transformers, files of their own, refer to in turn."""
        references = [text for field in _PLUGIN_FIELDS for text in _texts(document.get(field))]
        for path in await self._take(root, folder, references):
            await self._take(root, parent(path), _texts(await self._document(root, path)))

    async def _read(self, root: _Root, paths: Iterable[str]) -> None:
        missing = [path for path in dict.fromkeys(paths) if join(root.prefix, path) not in self._files]
        left = self._job.limits.tool_bytes - sum(map(len, self._files.values()))
        contents = await root.tree.read(missing, limit=max(left, 0))
        self._files |= {join(root.prefix, path): content for path, content in contents.items()}

    async def _document(self, root: _Root, path: str) -> Mapping[str, Any]:
        await self._read(root, [path])
        return await self._job.parsed.document(path, self._files[join(root.prefix, path)])


async def _find(root: _Root, folder: str, reference: str) -> Entry | None:
    path = resolve(folder, reference) if reference and len(reference) <= _LONGEST_REFERENCE else None
    return await root.tree.find(path) if path is not None else None


def _place_of(url: str, ref: str) -> str:
    return f"{_ELSEWHERE}/{hashlib.sha256(f'{url} {ref}'.encode()).hexdigest()[:16]}"


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value, and what follows a "=" in it: generators write `name=path`."""
    match value:
        case str():
            yield value
            yield value.partition("=")[2]
        case Mapping():
            for member in value.values():
                yield from _texts(member)
        case list() | tuple():
            for member in value:
                yield from _texts(member)
        case _:
            pass
