"""The charts that a chart depends on and does not hold: fetched, or taken from the same repository (`file://`).

Comes in: what the tool worker says is missing, with the versions that `Chart.lock` pins. Goes out: files to be laid
into the chart, and what each of them was. Nothing is written; no place is asked that the caller has not given an entry
for. Argo CD 2.24. Called by whoever renders charts.
"""

from collections.abc import Mapping, Sequence

import msgspec

from argosy.engine.model.repository import Repository
from argosy.gateways.tools.port import ChartDependency, File, Tools
from repo_server.charts import survey
from repo_server.charts.repository import Charts
from repo_server.charts.survey import Remote
from repo_server.errors import Refused
from repo_server.git.address import scrub
from repo_server.render.elsewhere import ChartAt, Vendored
from repo_server.tree import Tree, join

_LARGEST_LOCAL = 16 * 1024 * 1024


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
        needs = await survey.needs(wanted, tree=tree, folder=folder, tools=self._tools)
        _demand_entries(needs.remote, repositories)
        local = await tree.read(sorted(set(needs.local.values())), limit=_LARGEST_LOCAL)
        files = [File(path=path, content=local[source]) for path, source in needs.local.items()]
        identities: dict[ChartAt, str] = {}
        # One after another: the store fetches each once, and what is in memory is one render's.
        for remote in needs.remote:
            file, digest = await self._pull(remote, repositories[remote.dependency.repository])
            files.append(file)
            identities[_reference(remote.dependency)] = digest
        return Vendored(files=tuple(files), identities=identities)

    async def identity(self, reference: ChartAt, repository: Repository) -> str:
        """Return the SHA-256 of the packed chart that a reference means now."""
        return await self._charts.identity(_at(reference.repository, repository), reference.name, reference.version)

    async def _pull(self, remote: Remote, repository: Repository) -> tuple[File, str]:
        wanted = remote.dependency
        pulled = await self._charts.pull(_at(wanted.repository, repository), wanted.name, wanted.version)
        name = f"{wanted.name}-{pulled.version.replace('/', '_')}.tgz"
        content = await self._charts.content(pulled.packed)
        return File(path=join(remote.into, f"charts/{name}"), content=content), pulled.packed.digest


def _reference(dependency: ChartDependency) -> ChartAt:
    return ChartAt(dependency.repository, dependency.name, dependency.version)


def _demand_entries(remote: Sequence[Remote], repositories: Mapping[str, Repository]) -> None:
    wanted = dict.fromkeys(each.dependency.repository for each in remote)
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
