"""What a render takes from other places than its own sources: charts it depends on, remote bases, files from URLs.

Comes in: a `Market`, which fetches, and the entries of the repositories that the caller has allowed. Goes out: files
and trees; each thing that was taken is noted by a reference and the identity of what it was, so that the cache can ask
whether the same reference still means the same. Called by the renderers.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from argosy.engine.model.repository import Repository
from argosy.gateways.tools.port import ChartDependency, File
from repo_server.errors import Refused
from repo_server.git import address
from repo_server.git.access import Access
from repo_server.tree import Tree


class FileAt(msgspec.Struct, frozen=True, tag="file"):
    """A file by its URL; its identity is the hash of its content."""

    url: str


class ManifestAt(msgspec.Struct, frozen=True, tag="manifest"):
    """A file by its URL that only those may have whose project permits it; its identity is that of the file."""

    url: str


class Base(msgspec.Struct, frozen=True, tag="base"):
    """A Git repository at a revision; its identity is the root of its files."""

    url: str
    revision: str


class ChartAt(msgspec.Struct, frozen=True, tag="chart"):
    """A chart by repository, name and version or constraint; its identity is the hash of the packed chart."""

    repository: str
    name: str
    version: str


Reference = FileAt | Base | ChartAt
_Noted = Reference | ManifestAt
_NOTED: msgspec.json.Decoder[_Noted] = msgspec.json.Decoder(_Noted)


@dataclass(frozen=True, kw_only=True)
class Vendored:
    """Charts that others depend on, as files of the chart that does, and the identity of each by where it came from."""

    files: tuple[File, ...]
    identities: Mapping[ChartAt, str]


class Market(Protocol):
    """Fetches from anywhere. All methods raise `Refused`, or `Damaged`."""

    async def file(self, url: str) -> bytes:
        """Return what is at a URL, asked for anonymously."""
        ...

    async def access(self, repository: Repository) -> Access:
        """Return how a Git repository is reached, with a token where its credential is traded for one."""
        ...

    async def base(self, repository: Repository, revision: str) -> Tree:
        """Return the files of a Git repository at a revision; empty means its default branch."""
        ...

    async def dependencies(
        self,
        wanted: Sequence[ChartDependency],
        *,
        tree: Tree,
        folder: str,
        repositories: Mapping[str, Repository],
    ) -> Vendored:
        """Return the charts that the chart in a folder depends on. Raises `Refused` (repositories_needed)."""
        ...

    async def chart(self, repository: Repository, name: str, version: str) -> bytes:
        """Return a packed chart at a version or the highest that satisfies a constraint; empty means the newest."""
        ...

    async def identity(self, reference: Reference, repository: Repository | None) -> str:
        """Return the identity of what a reference means now; a file has no entry."""
        ...


class Elsewhere:
    """The other places of one job; `own` is the entry of its own repository, `repositories` those that are allowed."""

    def __init__(self, market: Market, *, own: Repository, repositories: Mapping[str, Repository]) -> None:
        self._market = market
        self._own = own
        self._repositories = repositories
        self._taken: dict[str, str] = {}

    @property
    def taken(self) -> Mapping[str, str]:
        """What was taken so far: identities by reference."""
        return dict(self._taken)

    async def own(self) -> Access | None:
        """Return how the job's own repository is reached; None for an OCI artifact, which no git reaches."""
        return None if self._own.url.startswith("oci://") else await self._market.access(self._own)

    async def file(self, url: str) -> bytes:
        """Return the file at a URL."""
        return await self._file(FileAt(url))

    async def manifest(self, url: str) -> bytes:
        """Return a file that is no value file. Raises `Refused` for one that nobody has allowed."""
        self._entry(url)
        return await self._file(ManifestAt(url))

    async def chart(self, repository: str, name: str, version: str) -> bytes:
        """Return a packed chart; raises as `base`."""
        content = await self._market.chart(self._entry(repository), name, version)
        self._note(ChartAt(repository, name, version), hashlib.sha256(content).hexdigest())
        return content

    async def base(self, url: str, revision: str) -> Tree:
        """Return the files of a remote base. Raises `Refused` (repositories_needed) for one that nobody has allowed."""
        tree = await self._market.base(self._entry(url), revision)
        self._note(Base(url, revision), identity_of(tree))
        return tree

    async def dependencies(self, wanted: Sequence[ChartDependency], *, tree: Tree, folder: str) -> tuple[File, ...]:
        """Return the charts that a chart depends on, as its files."""
        vendored = await self._market.dependencies(wanted, tree=tree, folder=folder, repositories=self._repositories)
        for reference, identity in vendored.identities.items():
            self._note(reference, identity)
        return vendored.files

    async def identity(self, text: str) -> str:
        """Return the identity of what a reference that was taken once means now; raises as taking it would."""
        reference = _NOTED.decode(text)
        match reference:
            case FileAt():
                return await self._market.identity(reference, None)
            case ManifestAt(url=url):
                self._entry(url)
                return await self._market.identity(FileAt(url), None)
            case Base(url=url):
                return await self._market.identity(reference, self._entry(url))
            case ChartAt(repository=repository):
                return await self._market.identity(reference, self._entry(repository))

    async def _file(self, reference: FileAt | ManifestAt) -> bytes:
        content = await self._market.file(reference.url)
        self._note(reference, hashlib.sha256(content).hexdigest())
        return content

    def _entry(self, url: str) -> Repository:
        entry = self._repositories.get(url)
        if entry is None:
            raise Refused(
                "repositories_needed",
                f"{address.scrub(url)} is needed too; the caller has to say with which credentials",
                repositories=(url,),
            )
        if _is_anonymous(entry) and _is_same_server(url, self._own.url):
            # Argo CD 2.36: bases have no entries of their own, they are fetched as the application's repository is.
            return msgspec.structs.replace(self._own, url=entry.url)
        return entry

    def _note(self, reference: _Noted, identity: str) -> None:
        self._taken[msgspec.json.encode(reference).decode()] = identity


def identity_of(tree: Tree) -> str:
    """Return the identity of a base: of equal roots, those that are apart may hold other files."""
    return f"{tree.root} {tree.apart}".rstrip()


def _is_anonymous(entry: Repository) -> bool:
    return not (entry.username or entry.password or entry.bearer_token or entry.ssh_private_key or entry.github_app_id)


def _is_same_server(one: str, other: str) -> bool:
    try:
        first, second = (address.parse(url, schemes=address.SCHEMES) for url in (one, other))
    except Refused:
        return False
    return address.server(first) == address.server(second)
