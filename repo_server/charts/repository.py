"""Chart repositories over HTTP: the version that a revision means, and the tree of a chart at a version.

The index is asked for once per interval and repository, with its tag, so that an unchanged one is not sent again;
archives are kept in memory by digest. Comes in: a chart source and its repository entry. Called by `service`.
"""

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import msgspec

from argosy.engine.model.repository import Repository
from argosy.engine.model.source import HelmOptions, Source
from argosy.gateways.clock import Clock
from argosy.gateways.tools.port import Match, NoMatch, NotConstraint, Pin, Tools
from argosy.wire.repo_server import RevisionMetadata
from repo_server.charts import archive, fetch, index
from repo_server.charts.index import ChartVersion, Index
from repo_server.errors import Refused
from repo_server.git.address import scrub
from repo_server.shared_call import SharedCall
from repo_server.tree import Tree

_LARGEST_INDEX = 64 * 1024 * 1024
_LARGEST_ARCHIVE = 32 * 1024 * 1024
_MOST_INDEXES = 16
_MOST_CHARTS = 32
_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class _Known:
    index: Index
    tag: str
    at: float


class _Listing:
    """The index of one repository as one identity sees it."""

    def __init__(self, repository: Repository, charts: "Charts") -> None:
        self.repository = repository
        self.known: _Known | None = None
        self.call = SharedCall(lambda: charts.read_index(self))


class Charts:
    """All chart repositories; `index_seconds` is for how long an index is believed, `seconds` bounds each get."""

    def __init__(
        self, *, tools: Tools, clock: Clock, index_seconds: float, seconds: float, unpacked_limit: int
    ) -> None:
        self._tools = tools
        self._clock = clock
        self._index_seconds = index_seconds
        self._seconds = seconds
        self._unpacked_limit = unpacked_limit
        self._listings: OrderedDict[bytes, _Listing] = OrderedDict()
        self._charts: OrderedDict[tuple[bytes, str], Tree] = OrderedDict()

    async def resolve(
        self, source: Source, repository: Repository, *, fresh: bool, believe: float | None = None
    ) -> str:
        """Return the version that the source's target revision means. Raises `Refused` or a `ToolError`."""
        read = await self._versions(source, repository, fresh=fresh, believe=believe)
        versions = [entry.version for entry in read]
        wanted = source.target_revision or "*"
        match await self._tools.semver(wanted, versions):
            case Match(version=version):
                return version
            case Pin() | NotConstraint():
                same = [version for version in versions if version.removeprefix("v") == wanted.removeprefix("v")]
                if same:
                    return wanted if wanted in same else same[0]
            case NoMatch():
                pass
        shown = ", ".join(versions[:_SHOWN]) + (", ..." if len(versions) > _SHOWN else "")
        raise Refused(
            "revision_not_found",
            f"chart {source.chart!r} in {scrub(source.repo_url)} has no version {wanted!r}; it has {shown}",
        )

    async def tree(self, source: Source, repository: Repository, version: str) -> Tree:
        """Return the files of a chart at a version. Raises `Refused` or a `ToolError`."""
        entry = await self._entry(source, repository, version)
        key = (_identity(repository), f"{source.repo_url} {source.chart} {version} {entry.digest}")
        if key not in self._charts:
            self._charts[key] = await self._download(source, repository, entry)
            if len(self._charts) > _MOST_CHARTS:
                self._charts.popitem(last=False)
        self._charts.move_to_end(key)
        return self._charts[key].unread()

    async def metadata(self, source: Source, repository: Repository, version: str) -> RevisionMetadata:
        """Return what the index says of a version."""
        entry = await self._entry(source, repository, version)
        return RevisionMetadata(description=entry.description, home=entry.home)

    async def verify(self, repository: Repository) -> None:
        """Return if the index can be read with these credentials. Raises `Refused` or a `ToolError`."""
        await self._index(repository, fresh=True)

    async def read_index(self, listing: _Listing) -> Index:
        """Ask the remote for the index again; called by the listing's shared call."""
        url = f"{listing.repository.url.rstrip('/')}/index.yaml"
        begun = self._clock.monotonic()
        known = listing.known
        wanted = fetch.Wanted(
            url=url, repository=listing.repository, limit=_LARGEST_INDEX, known=known.tag if known else ""
        )
        match await fetch.get(wanted, seconds=self._seconds):
            case fetch.NotModified() if known is not None:
                listing.known = _Known(index=known.index, tag=known.tag, at=begun)
            case fetch.NotModified():
                raise Refused("unavailable", f"{scrub(url)} says that it has not changed, and was never read")
            case fetch.Fetched(content=content, tag=tag):
                read = await index.parse(content, tools=self._tools, name=scrub(url))
                listing.known = _Known(index=read, tag=tag, at=begun)
        return listing.known.index

    async def _index(self, repository: Repository, *, fresh: bool, believe: float | None = None) -> Index:
        if urlsplit(repository.url).scheme not in ("http", "https"):
            raise Refused("invalid", f"chart repository {scrub(repository.url)!r} must be an http or https URL")
        listing = self._listings.setdefault(_identity(repository), _Listing(repository, self))
        self._listings.move_to_end(_identity(repository))
        if len(self._listings) > _MOST_INDEXES:
            self._listings.popitem(last=False)
        if fresh:
            return await listing.call.anew()
        interval = self._index_seconds if believe is None else believe
        if listing.known is not None and self._clock.monotonic() - listing.known.at < interval:
            return listing.known.index
        return await listing.call.join()

    async def _versions(
        self, source: Source, repository: Repository, *, fresh: bool, believe: float | None = None
    ) -> tuple[ChartVersion, ...]:
        read = await self._index(_at(source, repository), fresh=fresh, believe=believe)
        if source.chart not in read:
            shown = ", ".join(sorted(read)[:_SHOWN]) + (", ..." if len(read) > _SHOWN else "")
            raise Refused(
                "path_not_found",
                f"chart {source.chart!r} is not in {scrub(source.repo_url)}; it has {shown or 'no charts'}",
            )
        return read[source.chart]

    async def _entry(self, source: Source, repository: Repository, version: str) -> ChartVersion:
        for entry in await self._versions(source, repository, fresh=False):
            if entry.version == version:
                return entry
        raise Refused(
            "revision_not_found", f"chart {source.chart!r} in {scrub(source.repo_url)} has no version {version!r}"
        )

    async def _download(self, source: Source, repository: Repository, entry: ChartVersion) -> Tree:
        name = f"chart {source.chart} {entry.version} of {scrub(source.repo_url)}"
        if not entry.urls:
            raise Refused("render_failed", f"{name}: the index names no URL for it")
        url = urljoin(f"{source.repo_url.rstrip('/')}/", entry.urls[0])
        if urlsplit(url).scheme not in ("http", "https"):
            raise Refused("invalid", f"{name}: its URL {scrub(url)!r} is neither http nor https")
        helm = source.helm or HelmOptions()
        wanted = fetch.Wanted(
            url=url,
            repository=_at(source, repository),
            limit=_LARGEST_ARCHIVE,
            pass_credentials=helm.pass_credentials,
        )
        fetched = await fetch.get(wanted, seconds=self._seconds)
        assert isinstance(fetched, fetch.Fetched)
        digest = hashlib.sha256(fetched.content).hexdigest()
        if entry.digest and entry.digest.removeprefix("sha256:") != digest:
            raise Refused("render_failed", f"{name}: its archive does not have the digest that the index promises")
        return await asyncio.to_thread(
            archive.unpack, fetched.content, digest=digest, name=name, limit=self._unpacked_limit
        )


def _at(source: Source, repository: Repository) -> Repository:
    """Return the entry for the source's own URL: an entry may be a template for many."""
    return msgspec.structs.replace(repository, url=source.repo_url)


def _identity(repository: Repository) -> bytes:
    return hashlib.sha256(msgspec.json.encode(repository)).digest()
