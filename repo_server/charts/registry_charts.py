"""Helm charts in OCI registries: a repository is a chart, a tag its version, a layer the packed chart.

What is under a tag may change, and is asked for again once per interval; a layer is fetched once.
Called by `repository`.
"""

import msgspec

from argosy.engine import versions
from argosy.engine.model.repository import Repository
from argosy.gateways.tools.port import Match, NoMatch, NotConstraint, Pin, Tools
from argosy.wire.repo_server import Maintainer, RevisionMetadata
from repo_server.believed import Belief
from repo_server.charts import pulling
from repo_server.charts.archives import Packed
from repo_server.charts.pulling import LARGEST_ARCHIVE, ChartPlace
from repo_server.errors import Refused
from repo_server.oci import manifest
from repo_server.oci.artifacts import version_of
from repo_server.oci.manifest import Descriptor, ImageManifest
from repo_server.oci.place import Place, parse, tag_of
from repo_server.oci.repositories import Repositories

_LARGEST_CONFIG = 1024 * 1024


class _Chart(msgspec.Struct, frozen=True):
    """What the configuration of a chart says: its Chart.yaml as JSON."""

    description: str | None = ""
    home: str | None = ""
    maintainers: tuple[Maintainer, ...] | None = ()


class RegistryCharts:
    """All charts in registries; `believe` is for how many seconds a tag is believed to mean the same."""

    def __init__(self, *, repositories: Repositories, tools: Tools, believe: float) -> None:
        self._repositories = repositories
        self._tools = tools
        self._belief = Belief(seconds=believe)

    async def version(self, place: ChartPlace, wanted: str, belief: Belief) -> str:
        """Return the version that a version or constraint means; a version is taken at its word, with no request."""
        match await self._tools.semver(wanted, ()):
            case Pin():
                return wanted
            case Match() | NoMatch() | NotConstraint():
                return await pulling.choose(
                    self._tools, place, wanted=wanted, versions=await self._versions(place, belief)
                )

    async def identity(self, place: ChartPlace, version: str, belief: Belief) -> str:
        """Return the SHA-256 of the packed chart, in hex: the digest of its layer."""
        layer = await self._layer(place, version, belief)
        algorithm, _, value = layer.digest.partition(":")
        return value if algorithm == "sha256" else (await self.pull(place, version)).digest

    async def pull(self, place: ChartPlace, version: str) -> Packed:
        """Return the packed chart at a version, in the store."""
        layer = await self._layer(place, version, self._belief)
        return await self._repositories.layer(_at(place), place.repository, layer, limit=LARGEST_ARCHIVE)

    async def metadata(self, place: ChartPlace, version: str) -> RevisionMetadata:
        """Return what the chart's configuration says."""
        described = await self._manifest(place, version, self._belief)
        if described.config is None:
            return RevisionMetadata()
        content = await self._repositories.blob(_at(place), place.repository, described.config, limit=_LARGEST_CONFIG)
        try:
            chart = msgspec.json.decode(content, type=_Chart)
        except msgspec.MsgspecError as error:
            raise Refused("render_failed", f"{place.at(version)}: its configuration cannot be read") from error
        return RevisionMetadata(
            description=chart.description or "", home=chart.home or "", maintainers=chart.maintainers or ()
        )

    async def at(self, url: str) -> bytes:
        """Return the packed chart at `oci://host/path:version`, asked for anonymously."""
        reference, _, version = url.rpartition(":")
        if not reference or "/" in version:
            raise Refused("invalid", f"{url[:200]!r} must end in the version of a chart (oci://host/path:version)")
        found = ChartPlace(repository=Repository(url=reference, type="helm", enable_oci=True), chart="")
        layer = await self._layer(found, version, self._belief)
        return await self._repositories.blob(_at(found), found.repository, layer, limit=LARGEST_ARCHIVE)

    async def _versions(self, place: ChartPlace, belief: Belief) -> list[str]:
        tags = await self._repositories.tags(_at(place), place.repository, belief)
        return versions.newest_first(map(version_of, tags))

    async def _layer(self, place: ChartPlace, version: str, belief: Belief) -> Descriptor:
        described = await self._manifest(place, version, belief)
        return manifest.chart_layer(described, name=place.at(version))

    async def _manifest(self, place: ChartPlace, version: str, belief: Belief) -> ImageManifest:
        at = _at(place)
        digest = await self._digest(at, place, version, belief)
        return await self._repositories.manifest(at, place.repository, digest)

    async def _digest(self, at: Place, found: ChartPlace, version: str, belief: Belief) -> str:
        try:
            return await self._repositories.digest(at, found.repository, tag_of(version), belief)
        except Refused as refused:
            if refused.code != "revision_not_found":
                raise
            there = await self._versions(found, belief)
            raise pulling.no_version(found, wanted=version, versions=there) from refused


def _at(found: ChartPlace) -> Place:
    at = parse(found.repository.url, found.repository, found.chart)
    if not at.name:
        raise Refused("invalid", f"{at.shown} is a registry; set spec.source.chart to the path of a chart in it")
    return at
