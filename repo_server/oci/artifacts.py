"""Generic artifacts as sources: `repoURL: oci://host/path`. The revision is the digest that a tag or constraint means.

Comes in: a source and its entry. Goes out: the digest, and the tree of the one content layer, as Argo CD reads them
(2.4, 2.57, 2.58). Called by `sources`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from argosy.engine import versions
from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.gateways.tools.port import Match, NoMatch, NotConstraint, Pin, Tools
from argosy.wire.repo_server import RevisionMetadata
from repo_server.believed import Belief
from repo_server.charts.archive import Packing, Unpacking
from repo_server.charts.archives import Archives
from repo_server.errors import Refused
from repo_server.oci import manifest, place
from repo_server.oci.place import Place
from repo_server.oci.repositories import Repositories
from repo_server.tree import Tree

_ANNOTATION = "org.opencontainers.image."
_LONGEST_ANNOTATION = 4096
_SHOWN = 8
_SHOWN_DIGEST = 19


@dataclass(frozen=True, kw_only=True)
class LayerRules:
    """The media types that a content layer may have, and the bytes that it may unpack to."""

    types: tuple[str, ...]
    limit: int


class Artifacts:
    """All generic artifacts. Methods raise `Refused`, `Damaged` or a `ToolError`."""

    def __init__(self, *, repositories: Repositories, archives: Archives, tools: Tools, rules: LayerRules) -> None:
        self._repositories = repositories
        self._archives = archives
        self._tools = tools
        self._rules = rules

    async def resolve(self, source: Source, repository: Repository, belief: Belief) -> str:
        """Return the digest that the source's target revision means."""
        at = _at(source.repo_url, repository)
        wanted = source.target_revision.strip()
        if not wanted:
            raise Refused("invalid", f"{at.shown}: set spec.source.targetRevision to a tag, a digest or a constraint")
        if place.is_digest(wanted):
            return wanted
        tag = await self._tag(at, repository, wanted, belief)
        return await self._repositories.digest(at, repository, tag, belief)

    async def tree(self, source: Source, repository: Repository, digest: str) -> Tree:
        """Return the files of an artifact."""
        at = _at(source.repo_url, repository)
        name = _name(at, digest)
        described = await self._repositories.manifest(at, repository, _checked(at, digest))
        layer = manifest.content_layer(described, allowed=self._rules.types, name=name)
        if layer.media_type == manifest.CHART_LAYER and source.path.strip("/") not in ("", "."):
            raise Refused("invalid", f"{name} is a Helm chart: spec.source.path must be '.', not {source.path!r}")
        packed = await self._repositories.layer(at, repository, layer, limit=self._rules.limit)
        unpacking = Unpacking(packing=_packing(layer.media_type), name=name, limit=self._rules.limit)
        return await self._archives.tree(packed, unpacking)

    async def metadata(self, source: Source, repository: Repository, digest: str) -> RevisionMetadata:
        """Return what the annotations of an artifact say."""
        at = _at(source.repo_url, repository)
        described = await self._repositories.manifest(at, repository, _checked(at, digest))
        said: Mapping[str, str] = described.annotations or {}

        def annotation(name: str) -> str:
            return said.get(f"{_ANNOTATION}{name}", "")[:_LONGEST_ANNOTATION]

        return RevisionMetadata(
            created_at=annotation("created"),
            authors=annotation("authors"),
            image_url=annotation("url"),
            docs_url=annotation("documentation"),
            source_url=annotation("source"),
            version=annotation("version"),
            description=annotation("description"),
        )

    async def tags(self, repository: Repository, belief: Belief) -> tuple[str, ...]:
        """Return the tags of a repository, newest version first; "_" in a version stands for "+"."""
        at = _at(repository.url, repository)
        tags = await self._repositories.tags(at, repository, belief)
        return tuple(versions.newest_first(map(version_of, tags)))

    async def verify(self, repository: Repository) -> None:
        """Return if the registry answers with these credentials."""
        await self._repositories.ping(place.parse(repository.url, repository), repository)

    async def _tag(self, at: Place, repository: Repository, wanted: str, belief: Belief) -> str:
        """Return the tag that a revision means: one that it names, or the newest that a constraint allows."""
        match await self._tools.semver(wanted, ()):
            case Pin() | NotConstraint():
                return place.tag_of(wanted)
            case NoMatch() | Match():
                pass
        tags = await self._repositories.tags(at, repository, belief)
        if wanted in tags:
            return wanted
        by_version = {version_of(tag): tag for tag in tags}
        match await self._tools.semver(wanted, list(by_version)):
            case Match(version=version):
                return by_version[version]
            case Pin() | NotConstraint() | NoMatch():
                shown = ", ".join(tags[:_SHOWN]) + (", ..." if len(tags) > _SHOWN else "")
                raise Refused(
                    "revision_not_found", f"no tag of {at.shown} satisfies {wanted!r}; it has {shown or 'none'}"
                )


def version_of(tag: str) -> str:
    """Return the version that a tag stands for: a tag cannot hold the "+" of a version."""
    version = tag.replace("_", "+")
    return version if versions.is_version(version) else tag


def _at(url: str, repository: Repository) -> Place:
    at = place.parse(url, repository)
    if not at.name:
        raise Refused(
            "invalid", f"{url[:200]!r} cannot be used: it is a registry; name a repository in it, oci://host/path"
        )
    return at


def _packing(media_type: str) -> Packing:
    if media_type == manifest.CHART_LAYER:
        return "chart"
    return "layer" if media_type.endswith("gzip") else "plain layer"


def _checked(at: Place, digest: str) -> str:
    if not place.is_digest(digest):
        raise Refused("revision_not_found", f"{digest[:200]!r} is not the digest of an artifact in {at.shown}")
    return digest


def _name(at: Place, digest: str) -> str:
    return f"{at.shown} at {digest[:_SHOWN_DIGEST]}"
