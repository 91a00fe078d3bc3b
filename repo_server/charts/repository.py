"""Chart repositories of both kinds: the version that a revision means, and the tree of a chart at a version.

Comes in: a chart source and its repository entry. Whether that is an index over HTTP or a registry is decided here, as
Argo CD decides it: a registry is an entry with `enableOCI`, or a URL without a scheme. Called by `sources`,
`dependencies` and who inflates charts.
"""

from dataclasses import dataclass

import msgspec

from argosy.engine import versions
from argosy.engine.model.repository import Repository
from argosy.engine.model.source import HelmOptions, Source
from argosy.wire.repo_server import Chart, ChartsAnswer, RevisionMetadata
from repo_server.believed import Belief
from repo_server.charts.archive import Unpacking
from repo_server.charts.archives import Archives, Packed
from repo_server.charts.http_charts import HttpCharts
from repo_server.charts.pulling import ChartPlace, Pulling
from repo_server.charts.registry_charts import RegistryCharts
from repo_server.errors import Refused
from repo_server.git.address import scrub
from repo_server.tree import Tree


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """A packed chart in the store, and the version that was meant."""

    version: str
    packed: Packed


class Charts:
    """All chart repositories. Methods raise `Refused`, `Damaged` or a `ToolError`.

    What a repository was known to have is believed for `seconds`, unless a method is told otherwise.
    """

    def __init__(
        self,
        *,
        http: HttpCharts,
        registries: RegistryCharts,
        archives: Archives,
        seconds: float,
        unpacked_limit: int,
    ) -> None:
        self._http = http
        self._registries = registries
        self._archives = archives
        self._belief = Belief(seconds=seconds)
        self._unpacked_limit = unpacked_limit

    async def resolve(self, source: Source, repository: Repository, belief: Belief) -> str:
        """Return the version that the source's target revision means."""
        place = _place_of(source, repository)
        return await self._kind(place).version(place, source.target_revision.strip() or "*", belief)

    async def tree(self, source: Source, repository: Repository, version: str) -> Tree:
        """Return the files of a chart at a version."""
        place = _place_of(source, repository)
        packed = await self._kind(place).pull(place, version)
        unpacking = Unpacking(packing="chart", name=place.at(version), limit=self._unpacked_limit)
        return await self._archives.tree(packed, unpacking)

    async def metadata(self, source: Source, repository: Repository, version: str) -> RevisionMetadata:
        """Return what the repository says of a version."""
        place = _place_of(source, repository)
        return await self._kind(place).metadata(place, version)

    async def list(self, repository: Repository, belief: Belief) -> ChartsAnswer:
        """Return the charts of a repository, by name, and their versions, newest first."""
        if is_registry(repository):
            raise Refused(
                "invalid",
                f"{scrub(repository.url)} is an OCI registry, and those do not list their charts; name the chart in "
                "spec.source.chart",
            )
        index = await self._http.index(repository, belief)
        return ChartsAnswer(
            items=tuple(
                Chart(name=name, versions=tuple(versions.newest_first(entry.version for entry in index[name])))
                for name in sorted(index)
            )
        )

    async def verify(self, repository: Repository) -> None:
        """Return if the index can be read with these credentials."""
        await self._http.index(repository, Belief(seconds=0, fresh=True))

    async def pull(self, repository: Repository, chart: str, wanted: str) -> Pulled:
        """Return the packed chart that a version or constraint (empty: the newest) means."""
        place = ChartPlace(repository=repository, chart=chart)
        kind = self._kind(place)
        version = await kind.version(place, wanted or "*", self._belief)
        return Pulled(version=version, packed=await kind.pull(place, version))

    async def identity(self, repository: Repository, chart: str, wanted: str) -> str:
        """Return the SHA-256 of the packed chart that a version or constraint means now."""
        place = ChartPlace(repository=repository, chart=chart)
        kind = self._kind(place)
        version = await kind.version(place, wanted or "*", self._belief)
        return await kind.identity(place, version, self._belief)

    async def content(self, packed: Packed) -> bytes:
        """Return a packed chart as it was fetched."""
        return await self._archives.content(packed)

    def _kind(self, place: ChartPlace) -> Pulling:
        return self._registries if is_registry(place.repository) else self._http


def is_registry(repository: Repository) -> bool:
    """Say whether an entry's charts are in a registry."""
    return repository.enable_oci or "://" not in repository.url or repository.url.startswith("oci://")


def _place_of(source: Source, repository: Repository) -> ChartPlace:
    """Return the chart of a source, with the entry for the source's own URL: an entry may be a template for many."""
    helm = source.helm or HelmOptions()
    return ChartPlace(
        repository=msgspec.structs.replace(repository, url=source.repo_url),
        chart=source.chart,
        audience="everybody" if helm.pass_credentials else "origin",
    )
