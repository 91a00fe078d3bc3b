"""Config management plugins: which there are, which one is for a folder, what it renders. Argo CD 2.37 to 2.46.

Called by `render.plugin` and `details`. A plugin gets a fresh copy of the source's files, an environment built from
nothing, and walls around it (`walls`); what it prints is returned as it is.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from argosy.engine.model.source import PluginOptions
from argosy.gateways.tools.port import Tools
from argosy.wire.repo_server import ParameterAnnouncement
from repo_server.errors import Refused
from repo_server.git.access import Access
from repo_server.plugins import checkout, complaints, lending
from repo_server.plugins.catalogue import Catalogue, Contents
from repo_server.plugins.definition import Command, Plugin
from repo_server.plugins.discovery import Discovery
from repo_server.plugins.limits import Limits
from repo_server.plugins.rooms import Rooms
from repo_server.plugins.run import Ended, Stopped, Task, run
from repo_server.plugins.variables import variables
from repo_server.plugins.walls import Builder
from repo_server.tree import Tree

__all__ = ["Limits", "Plugin", "Plugins", "Setup"]

_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, kw_only=True)
class Setup:
    """How plugins are run here.

    `folder` holds the plugin.yaml files (None: there are no plugins), `state` is a folder of our own, `parallel` how
    many commands run at once. `exclusions` are globs of files that are not given to plugins; with `only_generate_paths`
    they get only what the annotation `manifest-generate-paths` names. `hidden` are files and folders of ours that no
    plugin may see; `environment` is what the repo server was started with, of which plugins get what their plugin.yaml
    names.
    """

    folder: Path | None
    state: Path
    parallel: int
    exclusions: Sequence[str] = ()
    only_generate_paths: bool = False
    hidden: Sequence[Path] = ()
    allow_unsandboxed: bool = False
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, kw_only=True)
class _Work:
    """The folder at `path` of a tree, and what a plugin is told of it; `access` is lent to it if there is one."""

    tree: Tree
    path: str
    environment: Mapping[str, str]
    options: PluginOptions | None
    access: Access | None = None


class Plugins:
    """Runs plugins. Methods raise `Refused` or a `ToolError`.

    `environment` is always the build variables, with the versions of the destination; `options` what the source says of
    plugins (None: nothing).
    """

    def __init__(self, setup: Setup, *, tools: Tools) -> None:
        self._setup = setup
        self._limits = setup.limits
        self._catalogue = Catalogue(setup.folder, tools=tools)
        self._rooms = Rooms(setup.state)
        self._builder = Builder(hidden=setup.hidden, allow_unsandboxed=setup.allow_unsandboxed)
        self._discovery = Discovery(self._finds)
        self._turns = asyncio.Semaphore(setup.parallel)

    def open(self) -> None:
        """Remove what an earlier start left behind. Raises `OSError`."""
        self._rooms.open()

    def close(self) -> None:
        """Remove the folder of the runs; nothing may run any more."""
        self._rooms.close()

    async def names(self) -> tuple[str, ...]:
        """Return the names of the plugins, in order."""
        return tuple((await self._catalogue.contents()).plugins)

    async def named(self, name: str) -> Plugin:
        """Return a plugin by its name (with "-version" if it has one). Raises `Refused`, saying which there are."""
        contents = await self._catalogue.contents()
        plugin = contents.plugins.get(name)
        if plugin is None:
            raise Refused("invalid", f"there is no plugin {name!r} on the repo server; {_listed(contents)}")
        return plugin

    async def discover(
        self, tree: Tree, path: str, *, environment: Mapping[str, str] = _NOTHING, options: PluginOptions | None = None
    ) -> Plugin | None:
        """Return the first plugin, by name, that says it is for the folder at `path`; None if there is none."""
        work = _Work(tree=tree, path=path, environment=environment, options=options)
        for plugin in (await self._catalogue.contents()).plugins.values():
            if plugin.spec.discover.is_defined and await self._is_for(plugin, work):
                return plugin
        return None

    async def render(
        self,
        plugin: Plugin,
        *,
        tree: Tree,
        path: str,
        environment: Mapping[str, str],
        options: PluginOptions | None,
        generate_paths: str = "",
        access: Access | None = None,
    ) -> bytes:
        """Run `init` and `generate` in the folder at `path` and return what `generate` printed.

        A plugin that has a discovery rule is run only where the rule holds. `generate_paths` is the annotation;
        `access` is how the source's repository is reached, for a plugin that wants its credentials.
        """
        lent = access if plugin.spec.provide_git_creds else None
        work = _Work(tree=tree, path=path, environment=environment, options=options, access=lent)
        if plugin.spec.discover.is_defined and not await self._is_for(plugin, work):
            raise Refused(
                "invalid",
                f"plugin {plugin.name!r} is not for {path or '.'!r} of {tree.name}: its discovery rule does not hold "
                "there; name another one in spec.source.plugin.name",
            )
        extent = await self._extent(plugin, work, generate_paths)
        async with self._room(plugin, work, extent) as run_there:
            if plugin.spec.init.command:
                await run_there(plugin.spec.init)
            return await run_there(plugin.spec.generate)

    async def announce(
        self,
        plugin: Plugin,
        *,
        tree: Tree,
        path: str,
        environment: Mapping[str, str],
        options: PluginOptions | None,
    ) -> tuple[ParameterAnnouncement, ...]:
        """Return the parameters that the plugin takes: what its command prints for this folder, then the static ones.

        Of two with one name, the later is meant.
        """
        static, command = plugin.spec.parameters.static, plugin.spec.parameters.dynamic
        if not command.command:
            return static
        work = _Work(tree=tree, path=path, environment=environment, options=options)
        async with self._room(plugin, work, await self._extent(plugin, work, "")) as run_there:
            output = await run_there(command)
        try:
            dynamic = msgspec.json.decode(output, type=tuple[ParameterAnnouncement, ...] | None)
        except msgspec.DecodeError as error:
            raise Refused(
                "render_failed",
                f"plugin {plugin.name!r}: spec.parameters.dynamic must print a JSON list of announcements: {error}",
            ) from error
        return (*(dynamic or ()), *static)

    async def _is_for(self, plugin: Plugin, work: _Work) -> bool:
        told = (
            variables(work.environment, work.options, passed=_NOTHING) if plugin.spec.discover.by_command else _NOTHING
        )
        return await self._discovery.is_for(plugin, work.tree, work.path, told)

    async def _finds(self, plugin: Plugin, tree: Tree, path: str, told: Mapping[str, str]) -> bool:
        """Run the discovery command: it says yes by status 0 and by printing something."""
        extent = checkout.Extent(path=path, start=path, limit=self._limits.checkout, exclusions=self._setup.exclusions)
        environment = {**self._passed(plugin), **told}
        async with self._turns, self._rooms.room() as room:
            await checkout.write(tree, extent, room)
            task = Task(
                plugin=plugin, line=plugin.spec.discover.find.line, room=room, path=path, environment=environment
            )
            ended = await run(task, await self._builder.walls(), self._limits)
        match ended:
            case Ended(status=0, output=output):
                return bool(output.strip(b"\n"))
            case Ended() if not complaints.was_not_run(ended):
                return False
            case Ended() | Stopped():
                # What could not be asked is no answer: to render the folder in another way would be to guess.
                raise complaints.refused(ended, task, limits=self._limits)

    @contextlib.asynccontextmanager
    async def _room(
        self, plugin: Plugin, work: _Work, extent: checkout.Extent
    ) -> AsyncGenerator[Callable[[Command], Awaitable[bytes]]]:
        """Yield what runs commands of a plugin, one after another, on one checkout; it returns what they print."""
        environment = variables(work.environment, work.options, passed=self._passed(plugin))
        async with self._turns, self._rooms.room() as room, contextlib.AsyncExitStack() as held:
            walls = await self._builder.walls()
            await checkout.write(work.tree, extent, room)
            secrets: Sequence[str] = ()
            if work.access is not None:
                secrets = work.access.secrets()
                environment = {**environment, **await held.enter_async_context(lending.lent(work.access, room, walls))}

            async def run_there(command: Command) -> bytes:
                task = Task(
                    plugin=plugin,
                    line=command.line,
                    room=room,
                    path=work.path,
                    environment=environment,
                    secrets=secrets,
                )
                return _output(await run(task, walls, self._limits), task, limits=self._limits)

            yield run_there

    async def _extent(self, plugin: Plugin, work: _Work, generate_paths: str) -> checkout.Extent:
        """Return what a plugin gets of the tree: all of it, or the folder around the paths that the user named."""
        root = ""
        if self._setup.only_generate_paths and generate_paths:
            looked_at = work.tree.unread()
            await looked_at.demand(work.path, kind="directory")
            # Behind a link, the folder's own place is not the one that is named.
            root = "" if looked_at.record.linked else checkout.common_root(work.path, generate_paths)
        return checkout.Extent(
            path=root,
            start=work.path,
            limit=self._limits.checkout,
            exclusions=self._setup.exclusions,
            keep_modes=plugin.spec.preserve_file_mode,
        )

    def _passed(self, plugin: Plugin) -> Mapping[str, str]:
        started_with = self._setup.environment
        return {name: started_with[name] for name in plugin.passed if name in started_with}


def _output(ended: Ended | Stopped, task: Task, *, limits: Limits) -> bytes:
    """Return what a command printed. Raises `Refused` if it did not end well, or printed what it was lent."""
    if not isinstance(ended, Ended) or ended.status != 0:
        raise complaints.refused(ended, task, limits=limits)
    if any(secret.encode() in ended.output for secret in task.secrets if len(secret) >= complaints.SHORTEST_SECRET):
        raise Refused(
            "render_failed",
            f"plugin {task.plugin.name!r} printed a credential of the repository; it must keep what it was lent to "
            "itself",
        )
    return ended.output


def _listed(contents: Contents) -> str:
    there = f"there are: {', '.join(contents.plugins)}" if contents.plugins else "there are none"
    return "; ".join((there, *contents.problems))
