"""What chart repositories over HTTP and registries have in common: the nouns, and the choice of a version.

Called by `http_charts`, `registry_charts` and `repository`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from argosy.engine.model.repository import Repository
from argosy.gateways.tools.port import Match, NoMatch, NotConstraint, Pin, Tools
from argosy.wire.repo_server import RevisionMetadata
from repo_server.believed import Belief
from repo_server.charts.archives import Packed
from repo_server.errors import Refused
from repo_server.git.address import scrub

Audience = Literal["origin", "everybody"]

LARGEST_ARCHIVE = 32 * 1024 * 1024
_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class ChartPlace:
    """A chart of a repository, as one entry reaches it; `audience` are those who may be told its credentials."""

    repository: Repository
    chart: str
    audience: Audience = "origin"

    @property
    def where(self) -> str:
        """The chart and its repository, for messages."""
        return f"chart {self.chart} of {scrub(self.repository.url)}"

    def at(self, version: str) -> str:
        """The chart at a version, for messages."""
        return f"chart {self.chart} {version} of {scrub(self.repository.url)}"


class Pulling(Protocol):
    """A kind of chart repository. All methods raise `Refused`, `Damaged` or a `ToolError`."""

    async def version(self, place: ChartPlace, wanted: str, belief: Belief) -> str:
        """Return the version that a version or constraint means."""
        ...

    async def identity(self, place: ChartPlace, version: str, belief: Belief) -> str:
        """Return the SHA-256 of the packed chart at a version, in hex."""
        ...

    async def pull(self, place: ChartPlace, version: str) -> Packed:
        """Return the packed chart at a version, in the store."""
        ...

    async def metadata(self, place: ChartPlace, version: str) -> RevisionMetadata:
        """Return what the repository says of a version."""
        ...


async def choose(tools: Tools, place: ChartPlace, *, wanted: str, versions: Sequence[str]) -> str:
    """Return the version among those that are there. Raises `Refused` (revision_not_found), naming some of them."""
    match await tools.semver(wanted, versions):
        case Match(version=version):
            return version
        case Pin() | NotConstraint():
            same = [version for version in versions if version.removeprefix("v") == wanted.removeprefix("v")]
            if same:
                return wanted if wanted in same else same[0]
        case NoMatch():
            pass
    raise no_version(place, wanted=wanted, versions=versions)


def no_version(place: ChartPlace, *, wanted: str, versions: Sequence[str]) -> Refused:
    """Say that a version is not there, and which are."""
    shown = ", ".join(versions[:_SHOWN]) + (", ..." if len(versions) > _SHOWN else "")
    return Refused("revision_not_found", f"{place.where} has no version {wanted!r}; it has {shown or 'none'}")
