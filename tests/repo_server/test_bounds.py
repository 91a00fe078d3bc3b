"""A request ends at its deadline, whatever it waits for, and leaves the server able to answer the next."""

import pytest

from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.wire.repo_server import RenderRequest, SourceRequest
from repo_server.errors import Refused
from tests.repo_server.kitchen import Kitchen, chart, config_map


async def test_a_request_beyond_its_deadline_is_refused_with_the_limit(kitchen: Kitchen):
    endless = "{{ range $i := until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}"
    kitchen.forge.create().commit({**chart("bad", **{"templates/bad.yaml": endless}), "app/a.yaml": config_map("a")})
    await kitchen.render(kitchen.source("app"))
    hurried, _ = kitchen.make(seconds=0.5)
    with pytest.raises(Refused, match=r"within the time limit of 0\.5 seconds") as refused:
        await hurried.render(_request(kitchen.source("bad")))
    assert refused.value.code == "limit_exceeded"
    assert len((await kitchen.render(kitchen.source("app")))[0].manifests) == 1


async def test_an_application_without_a_source_is_refused(kitchen: Kitchen):
    with pytest.raises(Refused, match="has no source") as refused:
        await kitchen.service.render(_request())
    assert refused.value.code == "invalid"


def _request(*sources: Source) -> RenderRequest:
    asked = tuple(SourceRequest(source=source, repository=Repository(url=source.repo_url)) for source in sources)
    return RenderRequest(application="shop", namespace="store", project="default", sources=asked)


async def test_s_more_sources_than_any_application_has_are_refused_at_once(kitchen: Kitchen):
    with pytest.raises(Refused, match="the application has 50,000 sources; 1,000 are the most") as refused:
        await kitchen.render(*[kitchen.source("app")] * 50_000)
    assert refused.value.code == "limit_exceeded"
    assert kitchen.forge.requests == []
