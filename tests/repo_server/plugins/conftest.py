"""Real plugins, run in the real sandbox on trees of real repositories."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from argosy.engine.model.source import PluginOptions
from argosy.gateways.tools.port import Tools
from repo_server.git.access import Access
from repo_server.plugins.plugins import Limits, Plugins, Setup
from repo_server.tree import Tree
from tests.repo_server.repositories import Forge, Reach

BUILD = {"ARGOCD_APP_NAME": "shop", "ARGOCD_APP_NAMESPACE": "store", "ARGOCD_APP_REVISION": "1a2b3c4"}


@dataclass
class Workshop:
    """Plugins on a folder of plugin.yaml files, and what tests ask of them in one line."""

    folder: Path
    state: Path
    tools: Tools
    setup: Setup
    opened: list[Plugins] = field(default_factory=list)

    def declare(self, name: str, text: str, **beside: str) -> Path:
        """Write `name/plugin.yaml` and files beside it; return the folder."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / "plugin.yaml").write_text(text)
        for file, content in beside.items():
            (folder / file.replace("_", ".")).write_text(content)
        return folder

    def script(self, text: str, *, name: str = "p", spec: str = "", annotations: str = "") -> str:
        """Declare a plugin whose `generate` is a shell script, and return its name."""
        lines = "".join(f"        {line}\n" for line in text.strip("\n").splitlines())
        self.declare(
            name,
            "apiVersion: argoproj.io/v1alpha1\nkind: ConfigManagementPlugin\n"
            f"metadata:\n  name: {name}\n  annotations: {{{annotations}}}\n"
            f"spec:\n  generate:\n    command: [sh, -c]\n    args:\n      - |\n{lines}{spec}",
        )
        return name

    def plugins(self, **setup: Any) -> Plugins:
        """Return plugins with other settings than the usual ones."""
        plugins = Plugins(replace(self.setup, **setup), tools=self.tools)
        plugins.open()
        self.opened.append(plugins)
        return plugins

    async def render(
        self,
        name: str,
        tree: Tree,
        path: str = "app",
        *,
        environment: Mapping[str, str] = BUILD,
        options: PluginOptions | None = None,
        generate_paths: str = "",
        access: Access | None = None,
        **setup: Any,
    ) -> str:
        """Render with the plugin of this name and return what it printed."""
        plugins = self.plugins(
            **({"environment": setup.pop("started_with")} if "started_with" in setup else {}), **setup
        )
        output = await plugins.render(
            await plugins.named(name),
            tree=tree,
            path=path,
            environment=environment,
            options=options,
            generate_paths=generate_paths,
            access=access,
        )
        return output.decode()

    def left(self) -> list[str]:
        """Return what is in the private folders now."""
        folders = [plugins._rooms._folder for plugins in self.opened]
        return [left.name for folder in folders if folder.exists() for left in folder.iterdir()]


@pytest.fixture
def workshop(tools: Tools) -> Iterator[Workshop]:
    with tempfile.TemporaryDirectory(prefix="argosy-plugins-") as place:
        folder, state = Path(place) / "plugins", Path(place) / "state"
        Path(place).chmod(0o755)
        folder.mkdir(mode=0o755)
        setup = Setup(folder=folder, state=state, parallel=4, limits=Limits(seconds=20, fatal_seconds=1))
        workshop = Workshop(folder, state, tools, setup)
        yield workshop
        assert workshop.left() == []
        for plugins in workshop.opened:
            plugins.close()


@dataclass
class Committed:
    """Commits files to a new repository each time, and returns the tree of the commit."""

    forge: Forge
    reach: Reach
    number: int = 0

    async def __call__(self, files: Mapping[str, Any]) -> Tree:
        self.number += 1
        name = f"demo{self.number}"
        return await self.of(name, self.forge.create(name).commit(files))

    async def of(self, name: str, commit: str) -> Tree:
        """Return the tree of a commit in a repository that is there."""
        mirror = await self.reach.mirror(self.forge.address(name))
        await mirror.refs(fresh=True)
        return await mirror.tree(commit)


@pytest.fixture
def committed(forge: Forge, reach: Reach) -> Committed:
    return Committed(forge, reach)
