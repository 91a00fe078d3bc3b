"""What the controller and the API server ask of the repo server."""

from typing import Protocol

from argosy.wire.repo_server import (
    MetadataRequest,
    RenderAnswer,
    RenderRequest,
    ResolveRequest,
    RevisionMetadata,
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

    async def close(self) -> None:
        """Close the connections."""
        ...
