"""What a chart depends on: the charts that lie in the same repository (`file://`), and those that are to be fetched.

Comes in: what is missing from a chart in a tree. Goes out: files of the tree by where they are laid in the chart, and
remote charts by where they are laid, those that local charts depend on in turn included. Called by `dependencies`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from argosy.gateways.tools.port import ChartDependency, File, Match, Pin, ReadFile, Tools, UnreadableFile
from repo_server.errors import Refused
from repo_server.tree import Tree, join, resolve

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,249}[A-Za-z0-9])?")
_MOST = 200
_DEEPEST = 10
_LARGEST_CHART_YAML = 1024 * 1024
_FOLDER = "file://"


@dataclass(frozen=True, kw_only=True)
class Remote:
    """A chart that is to be fetched for the chart at `into` in the one that is rendered; "" is that one itself."""

    dependency: ChartDependency
    into: str


@dataclass(frozen=True, kw_only=True)
class Needs:
    """Paths in the tree by paths in the chart, and the charts that are to be fetched."""

    local: dict[str, str] = field(default_factory=dict[str, str])
    remote: list[Remote] = field(default_factory=list[Remote])


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


class _Declared(msgspec.Struct, frozen=True):
    """What is read of a Chart.yaml or Chart.lock."""

    version: str = ""
    dependencies: tuple[ChartDependency, ...] | None = ()


async def needs(wanted: Sequence[ChartDependency], *, tree: Tree, folder: str, tools: Tools) -> Needs:
    """Return what the chart in a folder needs. Raises `Refused`, `Damaged` or a `ToolError`."""
    survey = _Survey(tools)
    await survey.note(wanted, _Within(tree=tree, folder=folder, into="", trail=(folder,)))
    return survey.needs


class _Survey:
    """Collects what is needed, chart by chart."""

    def __init__(self, tools: Tools) -> None:
        self.needs = Needs()
        self._tools = tools
        self._seen = 0

    async def note(self, wanted: Sequence[ChartDependency], within: _Within) -> None:
        """Note what is wanted within a chart, and what those that lie in the tree want in turn."""
        for dependency in wanted:
            self._seen += 1
            if self._seen > _MOST:
                raise Refused("limit_exceeded", f"{within.where} depends on more than {_MOST} charts")
            _check(dependency, within)
            if dependency.repository.startswith(_FOLDER):
                await self._local(dependency, within)
            else:
                self.needs.remote.append(Remote(dependency=dependency, into=within.into))

    async def _local(self, dependency: ChartDependency, within: _Within) -> None:
        below = _below(dependency, within)
        await below.tree.demand(below.folder, kind="directory")
        start = len(below.folder) + 1 if below.folder else 0
        paths = {path: path[start:] for path in await below.tree.files(below.folder)}
        self.needs.local.update({join(below.into, inside): path for path, inside in paths.items()})
        declared = await self._read(below, "Chart.yaml")
        await self._check_version(dependency, declared.version, within)
        pinned = {item.name: item.version for item in (await self._read(below, "Chart.lock")).dependencies or ()}
        held = {inside.split("/")[1] for inside in paths.values() if inside.startswith("charts/")}
        missing = [
            msgspec.structs.replace(item, version=pinned.get(item.name, item.version))
            for item in declared.dependencies or ()
            if not _is_held(item, held)
        ]
        await self.note(missing, below)

    async def _check_version(self, dependency: ChartDependency, version: str, within: _Within) -> None:
        """Refuse a local chart of another version, as Helm does: it would be left out of conditions and aliases."""
        if not dependency.version:
            return
        match await self._tools.semver(dependency.version, [version]):
            case Match():
                return
            case Pin() if dependency.version.removeprefix("v") == version.removeprefix("v"):
                return
            case _:
                raise Refused(
                    "render_failed",
                    f"{within.where} wants {dependency.name!r} at {dependency.version!r}; "
                    f"{dependency.repository} has {version!r}",
                )

    async def _read(self, within: _Within, name: str) -> _Declared:
        path = join(within.folder, name)
        if await within.tree.find(path) is None:
            if name == "Chart.yaml":
                raise Refused("path_not_found", f"{path!r} does not exist in {within.tree.name}")
            return _Declared()
        content = (await within.tree.read([path], limit=_LARGEST_CHART_YAML))[path]
        (answer,) = await self._tools.yaml([File(path=path, content=content)])
        match answer:
            case UnreadableFile(line=line, message=message):
                raise Refused("render_failed", f"{path}, line {line}: {message}")
            case ReadFile(documents=documents):
                try:
                    return msgspec.convert(documents[0].manifest if documents else {}, _Declared)
                except msgspec.ValidationError as error:
                    raise Refused("render_failed", f"{path}: its dependencies cannot be read: {error}") from error


def _below(dependency: ChartDependency, within: _Within) -> _Within:
    """Return the chart that a `file://` dependency names."""
    folder = resolve(within.folder, dependency.repository.removeprefix(_FOLDER))
    if folder is None:
        raise Refused(
            "render_failed",
            f"{within.where}: the repository {dependency.repository[:200]!r} of {dependency.name!r} leads out of it",
        )
    if folder in within.trail:
        raise Refused("render_failed", f"{within.where} depends on itself, by {dependency.name!r}")
    if len(within.trail) > _DEEPEST:
        raise Refused("limit_exceeded", f"{within.where}: charts depend on each other more than {_DEEPEST} deep")
    into = join(within.into, f"charts/{dependency.name}")
    return _Within(tree=within.tree, folder=folder, into=into, trail=(*within.trail, folder))


def _check(dependency: ChartDependency, within: _Within) -> None:
    if not _NAME.fullmatch(dependency.name):
        raise Refused("render_failed", f"{within.where}: {dependency.name[:100]!r} cannot be the name of a dependency")
    if not dependency.repository:
        raise Refused(
            "render_failed",
            f"{within.where} depends on {dependency.name!r}, which names no repository and is not in its charts/",
        )


def _is_held(dependency: ChartDependency, held: set[str]) -> bool:
    """Say whether charts/ holds a dependency, unpacked or packed."""
    packed = re.compile(re.escape(dependency.name) + r"-v?\d.*\.tgz")
    return dependency.name in held or any(packed.fullmatch(name) for name in held)
