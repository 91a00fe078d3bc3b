"""What tests ask of the service about sources whose entries have a credential, or another kind."""

import msgspec

from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.wire.repo_server import (
    RenderAnswer,
    RenderedSource,
    RenderRequest,
    ResolveRequest,
    SourceRequest,
    encode,
)
from tests.repo_server.kitchen import Kitchen


async def render(kitchen: Kitchen, asked: Source, repository: Repository) -> RenderedSource:
    request = RenderRequest(
        application="shop",
        namespace="store",
        project="default",
        sources=(SourceRequest(source=asked, repository=repository),),
    )
    answer = encode(await kitchen.service.render(request))
    return msgspec.json.decode(answer, type=RenderAnswer).sources[0]


async def resolve(kitchen: Kitchen, asked: Source, repository: Repository, *, fresh: bool = True) -> str:
    answer = await kitchen.service.resolve(ResolveRequest(source=asked, repository=repository, fresh=fresh))
    return answer.revision


def names(rendered: RenderedSource) -> list[str]:
    return [item.manifest["metadata"]["name"] for item in rendered.manifests]
