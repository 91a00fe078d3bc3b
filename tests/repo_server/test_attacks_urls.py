"""Texts that are no URL, wherever one is expected: in an application, an entry, an index, a challenge, an answer."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.gateways.clock import SystemClock
from argosy.wire.repo_server import RENDER, RenderRequest, SourceRequest
from repo_server import http
from repo_server.errors import Refused
from repo_server.oci import challenge
from repo_server.oci.challenge import Bearer
from repo_server.web import trust
from tests.repo_server.kitchen import Kitchen
from tests.repo_server.lfs_shop import LfsShop, forge_with_lfs
from tests.repo_server.repositories import Forge

TOKEN = "a token of the tests"
NO_URLS = ("https://[::1/x", "//[", "http://[v1.x]:y/", "https://a:99999999/")


async def refusal(kitchen: Kitchen, source: Source, entry: Repository, revision: str = "") -> str:
    """Return the code of the refusal of a source."""
    with pytest.raises(Refused) as refused:
        await kitchen.service.render(
            RenderRequest(
                application="shop", namespace="", project="", sources=(SourceRequest(source, entry, revision),)
            )
        )
    return refused.value.code


@pytest.mark.parametrize("url", NO_URLS)
async def test_a_chart_repository_without_a_url_is_refused(kitchen: Kitchen, url: str):
    source = Source(repo_url=url, chart="web", target_revision="1.0.0")
    assert await refusal(kitchen, source, Repository(url=url, type="helm")) in ("invalid", "unavailable")


@pytest.mark.parametrize("url", NO_URLS)
async def test_an_index_that_names_no_url_is_refused(kitchen: Kitchen, url: str):
    index = {"apiVersion": "v1", "entries": {"web": [{"name": "web", "version": "1.0.0", "urls": [url]}]}}
    place = kitchen.shop("index.yaml", json.dumps(index).encode()).rpartition("/")[0]
    source = Source(repo_url=place, chart="web", target_revision="1.0.0")
    assert await refusal(kitchen, source, Repository(url=place, type="helm")) in ("invalid", "unavailable")


@pytest.mark.parametrize("url", NO_URLS)
async def test_an_lfs_server_that_names_no_url_is_refused(
    kitchen: Kitchen, shop_forge: tuple[Forge, LfsShop], url: str
):
    forge, shop = shop_forge
    shop.elsewhere = url
    commit = forge.create().commit({"app/a.yaml": shop.keep(b"a: b")})
    entry = Repository(url=forge.address(), enable_lfs=True)
    assert await refusal(kitchen, Source(repo_url=entry.url, path="app"), entry, commit) in ("invalid", "unavailable")


@pytest.fixture
def shop_forge(tmp_path: Path) -> Iterator[tuple[Forge, LfsShop]]:
    with forge_with_lfs(tmp_path / "large") as served:
        yield served


@pytest.mark.parametrize("proxy", ["http://[", "http://a\0b", "//["])
@pytest.mark.parametrize("url", ["https://127.0.0.1:1/a.git", "git@127.0.0.1:a.git"])
async def test_a_proxy_that_is_no_url_is_refused(kitchen: Kitchen, url: str, proxy: str):
    entry = Repository(url=url, proxy=proxy, no_proxy="a\0b", ssh_private_key="key")
    code = await refusal(kitchen, Source(repo_url=url, path="app"), entry)
    assert code in ("invalid", "unavailable", "access_denied")


@pytest.mark.parametrize("url", NO_URLS)
def test_no_url_breaks_what_reads_it(url: str):
    match challenge.parse(f'Bearer realm="{url}"'):
        case Bearer(realm=realm):
            assert not challenge.may_be_told("https://registry.example.org", realm)
        case other:
            assert other is None
    assert trust.scheme(url) in ("", "http", "https")
    assert trust.origin(trust.joined("https://registry.example.org/v2/", url)) != "https://registry.example.org:443"


def test_what_is_nested_too_deep_is_no_request(kitchen: Kitchen):
    app = http.application(kitchen.service, token=TOKEN, clock=SystemClock())
    values = '{"a":' * 50_000 + "1" + "}" * 50_000
    body = '{"application":"a","namespace":"","project":"","sources":[{"source":{"helm":{"valuesObject":' + values
    with TestClient(app) as client:
        answer = client.post(RENDER, content=body, headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
