"""The charts that a chart depends on and does not hold: fetched, or taken from the same repository (`file://`).

Comes in: what the tool worker says is missing, with the versions that `Chart.lock` pins. Goes out: files to be laid
into the chart, and what each of them was. Nothing is written; no place is asked that the caller has not given an entry
for. Argo CD 2.24. Called by whoever renders charts.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from argosy.engine.model.repository import Repository
from argosy.gateways.tools.port import ChartDependency, File, ReadFile, Tools, UnreadableFile
from repo_server.charts.repository import Charts
from repo_server.errors import Refused
from repo_server.git.address import scrub
from repo_server.render.elsewhere import ChartAt, Vendored
from repo_server.tree import Tree, join, resolve

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,249}[A-Za-z0-9])?")
_MOST = 200
_DEEPEST = 10
_LARGEST_LOCAL = 16 * 1024 * 1024
_LARGEST_CHART_YAML = 1024 * 1024
_FOLDER = "file://"


@dataclass(frozen=True, kw_only=True)
class _Remote:
    """A packed chart that belongs into the folder `into` of the chart; "" is the chart itself."""

    dependency: ChartDependency
    into: str


@dataclass(kw_only=True)
class _Found:
    """What the chart and its local dependencies need: files of the tree by their paths in the chart, and remotes."""

    local: dict[str, str] = field(default_factory=dict[str, str])
    remote: list[_Remote] = field(default_factory=list[_Remote])


class _Declared(msgspec.Struct, frozen=True):
    dependencies: tuple[ChartDependency, ...] | None = ()


class Dependencies:
    """Fetches dependencies. Methods raise `Refused`, `Damaged` or a `ToolError`."""

    def __init__(self, *, charts: Charts, tools: Tools) -> None:
        self._charts = charts
        self._tools = tools

    async def fetch(
        self,
        wanted: Sequence[ChartDependency],
        *,
        tree: Tree,
        folder: str,
        repositories: Mapping[str, Repository],
    ) -> Vendored:
        """Return the charts that the chart in `folder` of `tree` wants, as files of that chart.

        `repositories` are entries by exactly the text that a dependency has for its repository. Raises `Refused`
        (repositories_needed), naming all that are missing.
        """
        found = _Found()
        await self._survey(wanted, _Within(tree=tree, folder=folder, into="", trail=(folder,)), found)
        _demand_entries(found.remote, repositories)
        local = await tree.read(sorted(set(found.local.values())), limit=_LARGEST_LOCAL)
        files = [File(path=path, content=local[source]) for path, source in found.local.items()]
        identities: dict[ChartAt, str] = {}
        # One after another: the store fetches each once, and what is in memory is one render's.
        for item in found.remote:
            file, reference, digest = await self._pull(item, repositories)
            files.append(file)
            identities[reference] = digest
        return Vendored(files=tuple(files), identities=identities)

    async def identity(self, reference: ChartAt, repository: Repository) -> str:
        """Return the SHA-256 of the packed chart that a reference means now."""
        return await self._charts.identity(_at(reference.repository, repository), reference.name, reference.version)

    async def _pull(self, item: _Remote, repositories: Mapping[str, Repository]) -> tuple[File, ChartAt, str]:
        dependency = item.dependency
        entry = _at(dependency.repository, repositories[dependency.repository])
        pulled = await self._charts.pull(entry, dependency.name, dependency.version)
        version = pulled.version.replace("/", "_")
        return (
            File(
                path=join(item.into, f"charts/{dependency.name}-{version}.tgz"),
                content=await self._charts.content(pulled.packed),
            ),
            ChartAt(dependency.repository, dependency.name, dependency.version),
            pulled.packed.digest,
        )

    async def _survey(self, wanted: Sequence[ChartDependency], within: "_Within", found: _Found) -> None:
        """Note what is wanted within a chart, and what those that lie in the tree want in turn."""
        for dependency in wanted:
            _check(dependency, within)
            if len(found.remote) + len(found.local) > _MOST * 100 or len(found.remote) > _MOST:
                raise Refused("limit_exceeded", f"{within.where} depends on more than {_MOST} charts")
            if dependency.repository.startswith(_FOLDER):
                await self._local(dependency, within, found)
            else:
                found.remote.append(_Remote(dependency=dependency, into=within.into))

    async def _local(self, dependency: ChartDependency, within: "_Within", found: _Found) -> None:
        folder = _local_folder(dependency, within)
        if folder in within.trail:
            raise Refused("render_failed", f"{within.where} depends on itself, by {dependency.name!r}")
        if len(within.trail) > _DEEPEST:
            raise Refused("limit_exceeded", f"{within.where}: charts depend on each other {_DEEPEST} deep")
        into = join(within.into, f"charts/{dependency.name}")
        start = len(folder) + 1 if folder else 0
        await within.tree.demand(folder, kind="directory")
        paths = await within.tree.files(folder)
        found.local |= {join(into, path[start:]): path for path in paths}
        below = _Within(tree=within.tree, folder=folder, into=into, trail=(*within.trail, folder))
        held = {path[start:].split("/")[1] for path in paths if path[start:].startswith("charts/")}
        await self._survey([item for item in await self._declared(below) if not _is_held(item, held)], below, found)

    async def _declared(self, within: "_Within") -> Sequence[ChartDependency]:
        """Return what the Chart.yaml of a local chart declares, at the versions that its lock pins."""
        declared = await self._read(within, "Chart.yaml")
        pinned = {item.name: item.version for item in await self._read(within, "Chart.lock")}
        return [msgspec.structs.replace(item, version=pinned.get(item.name, item.version)) for item in declared]

    async def _read(self, within: "_Within", name: str) -> Sequence[ChartDependency]:
        path = join(within.folder, name)
        if await within.tree.find(path) is None:
            if name == "Chart.yaml":
                raise Refused("path_not_found", f"{path!r} does not exist in {within.tree.name}")
            return ()
        content = (await within.tree.read([path], limit=_LARGEST_CHART_YAML))[path]
        (answer,) = await self._tools.yaml([File(path=path, content=content)])
        match answer:
            case UnreadableFile(line=line, message=message):
                raise Refused("render_failed", f"{path}, line {line}: {message}")
            case ReadFile(documents=documents):
                try:
                    read = msgspec.convert(documents[0].manifest if documents else {}, _Declared)
                except msgspec.ValidationError as error:
                    raise Refused("render_failed", f"{path}: its dependencies cannot be read: {error}") from error
                return read.dependencies or ()


@dataclass(frozen=True, kw_only=True)
class _Within:
    """A chart in a folder of the tree, which is laid into `into`; `trail` are the folders that led there."""

    tree: Tree
    folder: str
    into: str
    trail: tuple[str, ...]

    @property
    def where(self) -> str:
        """The chart, for messages."""
        return f"the chart in {self.folder or '.'!r} of {self.tree.name}"


def _check(dependency: ChartDependency, within: _Within) -> None:
    if not _NAME.fullmatch(dependency.name):
        raise Refused("render_failed", f"{within.where}: {dependency.name[:100]!r} cannot be the name of a dependency")
    if not dependency.repository:
        raise Refused(
            "render_failed",
            f"{within.where} depends on {dependency.name!r}, which names no repository and is not in its charts/",
        )


def _local_folder(dependency: ChartDependency, within: _Within) -> str:
    text = dependency.repository.removeprefix(_FOLDER)
    folder = resolve(within.folder, text)
    if folder is None:
        raise Refused(
            "render_failed",
            f"{within.where}: the repository {dependency.repository[:200]!r} of {dependency.name!r} leads out of it",
        )
    return folder


def _is_held(dependency: ChartDependency, held: set[str]) -> bool:
    """Say whether charts/ holds a dependency, unpacked or packed."""
    packed = re.compile(re.escape(dependency.name) + r"-v?\d.*\.tgz")
    return dependency.name in held or any(packed.fullmatch(name) for name in held)


def _demand_entries(remote: Sequence[_Remote], repositories: Mapping[str, Repository]) -> None:
    wanted = dict.fromkeys(item.dependency.repository for item in remote)
    missing = tuple(text for text in wanted if text not in repositories)
    if missing:
        raise Refused(
            "repositories_needed",
            f"the chart's dependencies are in {', '.join(map(scrub, missing))}; the caller has to say with which "
            "credentials they may be read",
            repositories=missing,
        )


def _at(text: str, entry: Repository) -> Repository:
    """Return the entry for the repository that a dependency names: by a URL, or by the entry's own name."""
    if text.startswith(("@", "alias:")):
        return msgspec.structs.replace(entry, type="helm")
    return msgspec.structs.replace(entry, url=text, type="helm")
