"""What the controller and the API server ask of the repo server."""

from typing import Protocol

from argosy.wire.repo_server import (
    AppsAnswer,
    AppsRequest,
    ChartsAnswer,
    Details,
    DetailsRequest,
    MetadataRequest,
    RefsAnswer,
    RenderAnswer,
    RenderRequest,
    RepositoryRequest,
    ResolveRequest,
    RevisionMetadata,
    TagsAnswer,
    VerifyRequest,
)


class Manifests(Protocol):
    """Renders sources. All methods raise `Refused` (with the repo server's code and words) or `Unavailable`."""

    async def render(self, request: RenderRequest) -> RenderAnswer:
        """Return what the sources render to: complete, or an error."""
        ...

    async def resolve(self, request: ResolveRequest) -> str:
        """Return the commit id or chart version that the source's target revision means now."""
        ...

    async def verify(self, request: VerifyRequest) -> None:
        """Return if the repository can be reached with its credentials."""
        ...

    async def metadata(self, request: MetadataRequest) -> RevisionMetadata:
        """Return who made a revision, when, and what they said of it."""
        ...

    async def details(self, request: DetailsRequest) -> Details:
        """Return what could be set about one of an application's sources."""
        ...

    async def apps(self, request: AppsRequest) -> AppsAnswer:
        """Return the folders of a repository that could be applications."""
        ...

    async def refs(self, request: RepositoryRequest) -> RefsAnswer:
        """Return the branches and tags of a Git repository."""
        ...

    async def charts(self, request: RepositoryRequest) -> ChartsAnswer:
        """Return the charts of a chart repository with their versions."""
        ...

    async def tags(self, request: RepositoryRequest) -> TagsAnswer:
        """Return the tags of a repository in an OCI registry."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
