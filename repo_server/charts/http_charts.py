"""Chart repositories over HTTP: an `index.yaml` and archives behind any web server. Called by `repository`.

The index is asked for once per interval and entry, and sent again only if it has changed; an archive is fetched once.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from argosy.engine.model.repository import Repository
from argosy.gateways.clock import Clock
from argosy.gateways.tools.port import Tools
from argosy.wire.repo_server import RevisionMetadata
from repo_server.believed import Belief, Believed
from repo_server.charts import index, pulling
from repo_server.charts.archives import Archives, Packed
from repo_server.charts.index import ChartVersion, Index
from repo_server.charts.pulling import LARGEST_ARCHIVE, ChartPlace
from repo_server.entry import identity
from repo_server.errors import Refused
from repo_server.git.address import scrub
from repo_server.recent import Recent
from repo_server.web import files
from repo_server.web.client import Web
from repo_server.web.files import Fetched, NotModified, Validators, Wanted
from repo_server.web.trust import joined, scheme

_ANY = Belief(seconds=float("inf"))
"""Whatever the index said last will do: a version that is there stays what it is."""

_NOW = Belief(seconds=0)

_MOST_INDEXES = 64
_INDEX_BYTES = 32 * 1024 * 1024
_MOST_CHOSEN = 1024
_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class _Read:
    """An index as it was sent, and what constraints were found to mean in it, by chart."""

    index: Index
    validators: Validators
    chosen: Recent[tuple[str, str], str] = field(default_factory=lambda: Recent(most=_MOST_CHOSEN))


class HttpCharts:
    """All chart repositories over HTTP; `registries` gets the archives that an index says are at `oci://...`."""

    def __init__(
        self,
        *,
        web: Web,
        archives: Archives,
        tools: Tools,
        clock: Clock,
        index_limit: int,
        registries: Callable[[str], Awaitable[bytes]],
    ) -> None:
        self._web = web
        self._archives = archives
        self._tools = tools
        self._clock = clock
        self._index_limit = index_limit
        self._registries = registries
        self._indexes: Recent[bytes, Believed[_Read]] = Recent(most=_MOST_INDEXES, weigh=_weight, heaviest=_INDEX_BYTES)

    async def index(self, repository: Repository, belief: Belief) -> Index:
        """Return the charts of a repository."""
        return (await self._known(repository, belief)).index

    async def version(self, place: ChartPlace, wanted: str, belief: Belief) -> str:
        """Return the version that a version or constraint means."""
        read = await self._known(place.repository, belief)
        known = read.chosen.get((place.chart, wanted))
        if known is not None:
            return known
        versions = [entry.version for entry in _versions(place, read.index)]
        version = await pulling.choose(self._tools, place, wanted=wanted, versions=versions)
        return read.chosen.put((place.chart, wanted), version)

    async def identity(self, place: ChartPlace, version: str, belief: Belief) -> str:
        """Return the digest that the index promises, or else that of the archive."""
        entry = await self._entry(place, version, belief)
        return _promised(entry) or (await self._archive(place, entry)).digest

    async def pull(self, place: ChartPlace, version: str) -> Packed:
        """Return the packed chart at a version, in the store."""
        return await self._archive(place, await self._entry(place, version, _ANY, _NOW))

    async def metadata(self, place: ChartPlace, version: str) -> RevisionMetadata:
        """Return what the index says of a version."""
        entry = await self._entry(place, version, _ANY, _NOW)
        return RevisionMetadata(
            description=entry.description or "", home=entry.home or "", maintainers=entry.maintainers or ()
        )

    async def _known(self, repository: Repository, belief: Belief) -> _Read:
        if scheme(repository.url) not in ("http", "https"):
            raise Refused("invalid", f"chart repository {scrub(repository.url)!r} must be an http or https URL")

        async def ask(before: _Read | None) -> _Read:
            return await self._read(repository, before)

        return await self._indexes.of(identity(repository), lambda: Believed(ask, clock=self._clock)).get(belief)

    async def _read(self, repository: Repository, before: _Read | None) -> _Read:
        url = f"{repository.url.rstrip('/')}/index.yaml"
        wanted = Wanted(
            url=url,
            repository=repository,
            limit=self._index_limit,
            known=before.validators if before is not None else Validators(),
            encoding="any",
        )
        match await files.get(self._web, wanted):
            case NotModified() if before is not None:
                return before
            case NotModified():
                raise Refused("unavailable", f"{scrub(url)} says that it has not changed, and was never read")
            case Fetched(content=content, validators=validators):
                read = await index.parse(content, tools=self._tools, name=scrub(url))
                return _Read(index=read, validators=validators)

    async def _entry(self, place: ChartPlace, version: str, *beliefs: Belief) -> ChartVersion:
        """Return a version, asking again as the beliefs say until it is there."""
        versions: tuple[ChartVersion, ...] = ()
        for belief in beliefs:
            versions = _versions(place, await self.index(place.repository, belief))
            for entry in versions:
                if entry.version == version:
                    return entry
        raise pulling.no_version(place, wanted=version, versions=[entry.version for entry in versions])

    async def _archive(self, place: ChartPlace, entry: ChartVersion) -> Packed:
        repository = place.repository
        name = self._archives.name(
            identity(repository), "chart", place.chart, entry.version, entry.digest or "", *entry.urls
        )
        return await self._archives.obtain(name, lambda: self._fetch(place, entry))

    async def _fetch(self, place: ChartPlace, entry: ChartVersion) -> bytes:
        name = place.at(entry.version)
        if not entry.urls:
            raise Refused("render_failed", f"{name}: the index names no URL for it")
        url = joined(f"{place.repository.url.rstrip('/')}/", entry.urls[0])
        match scheme(url):
            case "oci":
                content = await self._registries(url)
            case "http" | "https":
                content = await self._download(place, url)
            case _:
                raise Refused(
                    "invalid", f"{name}: its URL {scrub(entry.urls[0])[:200]!r} is none of http, https and oci"
                )
        if _promised(entry) not in ("", hashlib.sha256(content).hexdigest()):
            raise Refused("render_failed", f"{name}: its archive does not have the digest that the index promises")
        return content

    async def _download(self, place: ChartPlace, url: str) -> bytes:
        wanted = Wanted(url=url, repository=place.repository, limit=LARGEST_ARCHIVE, credentials_for=place.audience)
        fetched = await files.get(self._web, wanted)
        assert isinstance(fetched, Fetched)
        return fetched.content


def _versions(place: ChartPlace, read: Index) -> tuple[ChartVersion, ...]:
    if place.chart not in read:
        shown = ", ".join(sorted(read)[:_SHOWN]) + (", ..." if len(read) > _SHOWN else "")
        raise Refused(
            "path_not_found",
            f"chart {place.chart!r} is not in {scrub(place.repository.url)}; it has {shown or 'no charts'}",
        )
    return read[place.chart]


def _weight(known: Believed[_Read]) -> int:
    return known.last.index.size if known.last is not None else 0


def _promised(entry: ChartVersion) -> str:
    return (entry.digest or "").removeprefix("sha256:").lower()
