"""Registries that lie, through the whole repo server: B-82, S-115, S-164."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.wire.repo_server import MetadataRequest, RepositoryRequest, VerifyRequest
from repo_server.errors import Refused
from tests.repo_server import asking
from tests.repo_server.docker_registry import (
    CHART_CONFIG,
    CHART_LAYER,
    INDEX,
    LAYER,
    MANIFEST,
    Artifact,
    chart,
    descriptor,
    digest,
)
from tests.repo_server.kitchen import Kitchen
from tests.repo_server.layers import layer
from tests.repo_server.lying_registry import FILES, LyingRegistry, wanting
from tests.repo_server.scripted import Answer, Scripted, serving

SECRET = "CANARY-of-the-entry"
BASIC = "Basic " + base64.b64encode(f"ada:{SECRET}".encode()).decode()


@pytest.fixture
def elsewhere() -> Iterator[Scripted]:
    with serving() as server:
        yield server


@pytest.fixture
def registry() -> Iterator[LyingRegistry]:
    with serving() as server:
        yield LyingRegistry(server)


def entry(registry: LyingRegistry, **fields: Any) -> Repository:
    return Repository(url=registry.reference, type="oci", insecure_oci_force_http=True, **fields)


async def render(kitchen: Kitchen, repository: Repository, revision: str = "1.0.0", **options: Any) -> list[str]:
    source = Source(repo_url=repository.url, target_revision=revision, **options)
    return asking.names(await asking.render(kitchen, source, repository))


def described(**changes: Any) -> dict[str, Any]:
    return {**descriptor(LAYER, layer(FILES)), **changes}


async def test_what_is_as_it_should_be_is_rendered(kitchen: Kitchen, registry: LyingRegistry):
    registry.good()
    assert await render(kitchen, entry(registry)) == ["good"]


async def test_2_71_a_registry_is_reached_by_the_proxy_of_its_entry(kitchen: Kitchen, registry: LyingRegistry):
    registry.good()
    answers = registry.server.answers
    for path, answer in list(answers.items()):
        answers[f"http://registry.invalid{path}"] = answer
        del answers[path]
    repository = Repository(
        url="oci://registry.invalid/app", type="oci", insecure_oci_force_http=True, proxy=registry.server.url
    )
    assert await render(kitchen, repository) == ["good"]
    assert {asked.headers["host"] for asked in registry.server.asked} == {"registry.invalid"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"layers": []}, "has 0 content layers"),
        ({"layers": [described(), described()]}, "has 2 content layers"),
        ({"layers": [described()] * 100_000}, "larger than the limit|100,000 layers"),
        ({"layers": [described()] * 11}, "has 11 layers; at most 10"),
        ({"layers": [described(mediaType="application/vnd.docker.image.rootfs.diff.tar")]}, "allowed are"),
        ({"layers": [described(mediaType="application/vnd.docker.image.rootfs.foreign.diff.tar+gzip")]}, "allowed are"),
        ({"layers": [described(mediaType="application/x-shellscript")]}, "has 0 content layers"),
        ({"layers": [described(digest="md5:d41d8cd98f00b204e9800998ecf8427e")]}, "none that can be verified"),
        ({"layers": [described(digest="blake3:" + "0" * 64)]}, "none that can be verified"),
        ({"layers": [described(digest="sha256:../../../etc/passwd")]}, "none that can be verified"),
        ({"layers": [described(digest="sha256:" + "0" * 64)]}, "is not there"),
        ({"layers": [described(size=1)]}, "larger than the limit of 2 bytes|not of the size"),
        ({"layers": [described(size=100_000)]}, "not of the size"),
        ({"layers": [described(size=2**62)]}, "the limit is 5,000,000 bytes"),
        ({"layers": [described(size=-1)]}, "cannot be read"),
        ({"layers": [described(size="1")]}, "cannot be read"),
        ({"layers": None}, "cannot be read"),
        ({"layers": [None]}, "cannot be read"),
        ({"manifests": [described(mediaType=MANIFEST)]}, "must have either layers or manifests"),
    ],
)
async def test_b_82_a_manifest_that_cannot_be_trusted_is_refused(
    kitchen: Kitchen, registry: LyingRegistry, changes: dict[str, Any], says: str
):
    registry.good(**changes)
    with pytest.raises(Refused, match=says) as refused:
        await render(kitchen, entry(registry))
    assert refused.value.code in {"render_failed", "limit_exceeded", "unavailable"}
    assert len(refused.value.message) < 1000


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{}", b"{", b"\xff", b"[" * 100_000, b'{"layers": ' * 5000])
async def test_b_82_a_manifest_that_is_none_is_refused(kitchen: Kitchen, registry: LyingRegistry, content: bytes):
    registry.tag("1.0.0", content)
    with pytest.raises(Refused) as refused:
        await render(kitchen, entry(registry))
    assert refused.value.code == "render_failed"


async def test_b_82_a_manifest_of_ten_megabytes_is_refused(kitchen: Kitchen, registry: LyingRegistry):
    registry.tag("1.0.0", b" " * 10_000_000)
    with pytest.raises(Refused, match="larger than the limit of 4,194,304 bytes"):
        await render(kitchen, entry(registry))


async def test_s_164_what_a_tag_meant_is_what_is_rendered_though_it_moves(kitchen: Kitchen, registry: LyingRegistry):
    first = registry.good()
    source = Source(repo_url=registry.reference, target_revision="1.0.0")
    assert await asking.resolve(kitchen, source, entry(registry)) == first
    other = layer({"a.yaml": FILES["a.yaml"].replace("good", "forged")})
    registry.blob(other)
    registry.tag("1.0.0", Artifact([(LAYER, other)]).manifest())
    assert await render(kitchen, entry(registry), first) == ["good"]


async def test_s_164_a_manifest_that_does_not_have_its_digest_is_refused(kitchen: Kitchen, registry: LyingRegistry):
    first = registry.good()
    forged = json.dumps({"layers": [described()], "forged": True}).encode()
    registry.server.answers[f"/v2/app/manifests/{first}"] = Answer(forged)
    with pytest.raises(Refused, match=f"does not have the digest {first}"):
        await render(kitchen, entry(registry), first)


async def test_s_164_what_the_registry_says_of_a_digest_is_verified(kitchen: Kitchen, registry: LyingRegistry):
    registry.tag("1.0.0", Artifact([(LAYER, layer(FILES))]).manifest(), said="sha256:" + "0" * 64)
    with pytest.raises(Refused, match="does not have the digest"):
        await render(kitchen, entry(registry))


async def test_s_164_a_layer_that_does_not_have_its_digest_is_refused(kitchen: Kitchen, registry: LyingRegistry):
    registry.good()
    content = bytearray(layer(FILES))
    content[-1] ^= 0xFF
    registry.blob(bytes(content), at=digest(layer(FILES)))
    with pytest.raises(Refused, match="does not have the digest"):
        await render(kitchen, entry(registry))


async def test_s_164_urls_of_foreign_layers_are_not_asked(
    kitchen: Kitchen, registry: LyingRegistry, elsewhere: Scripted
):
    content = layer(FILES)
    registry.good(layers=[described(urls=[f"{elsewhere.url}/layer"])])
    elsewhere.answers["/layer"] = Answer(content)
    assert await render(kitchen, entry(registry)) == ["good"]
    del registry.server.answers[f"/v2/app/blobs/{digest(content)}"]
    again = entry(registry, name="another", username="another")
    with pytest.raises(Refused, match="is not there"):
        await render(kitchen, again)
    assert elsewhere.asked == []


async def test_b_82_an_index_that_leads_in_circles_is_refused(kitchen: Kitchen, registry: LyingRegistry):
    # No index can name itself by its true digest: whoever claims so is caught by it.
    claimed = "sha256:" + "a" * 64
    registry.index("1.0.0", [{"mediaType": INDEX, "digest": claimed, "size": 1}])
    content = json.dumps({"manifests": [{"mediaType": INDEX, "digest": claimed, "size": 1}]}).encode()
    registry.server.answers[f"/v2/app/manifests/{claimed}"] = Answer(content)
    with pytest.raises(Refused, match="does not have the digest"):
        await render(kitchen, entry(registry))


async def test_b_82_an_index_of_an_index_fifty_deep_is_refused(kitchen: Kitchen, registry: LyingRegistry):
    inner = registry.good("inner")
    for _ in range(50):
        inner = registry.index("1.0.0", [{"mediaType": INDEX, "digest": inner, "size": 1}])
    with pytest.raises(Refused, match="an index of an index, and so on"):
        await render(kitchen, entry(registry))
    assert len(registry.server.asked) < 10


async def test_b_82_a_chart_with_the_wrong_configuration_is_refused(kitchen: Kitchen, registry: LyingRegistry):
    content = layer(FILES)
    registry.blob(content)
    artifact = Artifact([(CHART_LAYER, content)], config=("application/vnd.oci.image.config.v1+json", b"{}"))
    registry.tag("1.0.0", artifact.manifest())
    repository = Repository(url=registry.server.host, type="helm", enable_oci=True, insecure_oci_force_http=True)
    with pytest.raises(Refused, match="is not a Helm chart"):
        await render(kitchen, repository, chart="app")


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{", b'{"maintainers": 7}'])
async def test_b_82_a_configuration_that_is_none_is_refused(kitchen: Kitchen, registry: LyingRegistry, content: bytes):
    packed = chart(layer(FILES))
    artifact = Artifact(packed.layers, config=(CHART_CONFIG, content))
    registry.blob(content)
    registry.tag("1.0.0", artifact.manifest())
    repository = Repository(url=registry.server.host, type="helm", enable_oci=True, insecure_oci_force_http=True)
    source = Source(repo_url=repository.url, chart="app", target_revision="1.0.0")
    request = MetadataRequest(source=source, repository=repository, revision="1.0.0")
    with pytest.raises(Refused, match="its configuration cannot be read"):
        await kitchen.service.metadata(request)


@pytest.mark.parametrize("name", ["../../etc", "a/../b", "a//b", "A", "a b", "a?x=1", "a#b", "a%2e%2e", ".", "a/."])
async def test_s_090_the_name_of_a_chart_is_no_way_out_of_the_registry(
    kitchen: Kitchen, registry: LyingRegistry, name: str
):
    repository = Repository(url=registry.server.host, type="helm", enable_oci=True, insecure_oci_force_http=True)
    with pytest.raises(Refused, match="is no path of a registry") as refused:
        await render(kitchen, repository, chart=name)
    assert refused.value.code == "invalid"
    assert registry.server.asked == []


@pytest.mark.parametrize(
    "url", ["oci://", "oci:///app", "oci://a b/app", "oci://user:CANARY@host/app", "oci://[::1/app"]
)
async def test_a_reference_that_is_none_is_refused(kitchen: Kitchen, url: str):
    repository = Repository(url=url, type="oci")
    with pytest.raises(Refused, match="cannot be used") as refused:
        await render(kitchen, repository)
    assert (refused.value.code, "CANARY" in refused.value.message) == ("invalid", False)


async def test_tags_go_on_page_after_page(kitchen: Kitchen, registry: LyingRegistry):
    def page(asked: Any) -> Answer:
        last = int(asked.path.partition("last=")[2] or 0)
        tags = json.dumps({"tags": [f"1.0.{number}" for number in range(last, last + 100)]}).encode()
        link = f'</v2/app/tags/list?n=100&last={last + 100}>; rel="next"'
        return Answer(tags, headers={"Link": link} if last < 900 else {})

    registry.server.answers["/v2/app/tags/list"] = page
    answer = await kitchen.service.tags(RepositoryRequest(repository=entry(registry)))
    assert (len(answer.tags), answer.tags[0]) == (1000, "1.0.999")
    assert registry.server.count("/v2/app/tags/list") == 10


@pytest.mark.parametrize(
    ("body", "link", "says"),
    [
        ({"tags": [f"1.{number}" for number in range(2000)]}, "</v2/app/tags/list?n=1>; rel=next", "more than 100,000"),
        ({"tags": []}, "</v2/app/tags/list?n=1>; rel=next", "more than 100,000"),
        ({"tags": ["1.0.0"]}, "<http://127.0.0.1:9/v2/app/tags/list>; rel=next", "at another host"),
        ({"tags": "1.0.0"}, "", "cannot be read"),
        ({"tags": [7]}, "", "cannot be read"),
        ({"tags": ["x" * 9_000_000]}, "", "larger than the limit"),
    ],
)
async def test_tags_that_cannot_be_trusted_are_refused(
    kitchen: Kitchen, registry: LyingRegistry, body: dict[str, Any], link: str, says: str
):
    headers = {"Link": link} if link else {}
    registry.server.answers["/v2/app/tags/list"] = Answer(json.dumps(body).encode(), headers=headers)
    with pytest.raises(Refused, match=says):
        await kitchen.service.tags(RepositoryRequest(repository=entry(registry, username="ada", password=SECRET)))


async def test_no_tags_are_no_tags(kitchen: Kitchen, registry: LyingRegistry):
    registry.server.answers["/v2/app/tags/list"] = Answer(b'{"tags": null}')
    with pytest.raises(Refused, match="it has none") as refused:
        await render(kitchen, entry(registry), "1.x")
    assert refused.value.code == "revision_not_found"


async def test_s_115_a_blob_may_lie_elsewhere_which_is_told_no_credentials(
    kitchen: Kitchen, registry: LyingRegistry, elsewhere: Scripted
):
    registry.good()
    content = layer(FILES)
    elsewhere.answers["/signed"] = Answer(content)
    redirect = Answer(status=307, headers={"Location": f"{elsewhere.url}/signed?signature=1"})
    registry.blob(content, answer=wanting(redirect, BASIC, header='Basic realm="x"'))
    assert await render(kitchen, entry(registry, username="ada", password=SECRET)) == ["good"]
    assert [asked.authorization for asked in elsewhere.asked] == [""]


async def test_s_115_a_realm_on_another_host_is_told_no_credentials(
    kitchen: Kitchen, registry: LyingRegistry, elsewhere: Scripted
):
    registry.good()
    realm = elsewhere.url.replace("127.0.0.1", "localhost")
    for path, answer in list(registry.server.answers.items()):
        assert isinstance(answer, Answer)
        header = f'Bearer realm="{realm}/token",service="x"'
        registry.server.answers[path] = wanting(answer, "Bearer anonymous", header=header)
    elsewhere.answers["/token"] = Answer(b'{"token": "anonymous"}')
    assert await render(kitchen, entry(registry, username="ada", password=SECRET)) == ["good"]
    assert {asked.authorization for asked in elsewhere.asked} == {""}
    elsewhere.answers["/token"] = Answer(status=401)
    with pytest.raises(Refused, match="is on another domain, was therefore not told the credentials") as refused:
        await render(kitchen, entry(registry, username="ada", password=f"{SECRET}2"))
    assert SECRET not in refused.value.message


async def test_s_115_a_realm_on_the_same_host_is_told_them_and_its_token_stays(
    kitchen: Kitchen, registry: LyingRegistry, elsewhere: Scripted
):
    registry.good()
    content = layer(FILES)
    elsewhere.answers["/token"] = lambda asked: (
        Answer(b'{"access_token": "t0ken"}') if asked.authorization == BASIC else Answer(status=401)
    )
    with serving() as store:
        store.answers["/signed"] = Answer(content)
        registry.blob(content, answer=Answer(status=307, headers={"Location": f"{store.url}/signed"}))
        header = f'Basic realm="no", Bearer realm="{elsewhere.url}/token",service="x",scope="repository:app:pull"'
        for path, answer in list(registry.server.answers.items()):
            registry.server.answers[path] = wanting(answer, "Bearer t0ken", header=header)  # type: ignore[arg-type]
        assert await render(kitchen, entry(registry, username="ada", password=SECRET)) == ["good"]
        assert {asked.authorization for asked in store.asked} == {""}
    assert {asked.authorization for asked in registry.server.asked} == {"", "Bearer t0ken"}
    assert len(elsewhere.asked) == 1


@pytest.mark.parametrize(
    "token", [b"", b"{}", b"[]", b'{"token": ""}', b'{"token": "a\\r\\nX-Evil: 1"}', b'{"token": 7}', b" " * 300_000]
)
async def test_a_token_that_is_none_is_refused(kitchen: Kitchen, registry: LyingRegistry, token: bytes):
    header = f'Bearer realm="{registry.server.url}/token"'
    registry.server.answers["/v2/"] = Answer(status=401, headers={"WWW-Authenticate": header})
    registry.server.answers["/token"] = Answer(token)
    with pytest.raises(Refused, match=r"gave no token|larger than the limit"):
        await kitchen.service.verify(VerifyRequest(repository=entry(registry)))


@pytest.mark.parametrize(
    "header",
    ["", "Digest realm=x", "Bearer", "Bearer realm=", 'Bearer realm="file:///etc"', "Bearer " * 2000, "," * 5000],
)
async def test_a_challenge_that_cannot_be_met_is_refused(kitchen: Kitchen, registry: LyingRegistry, header: str):
    registry.server.answers["/v2/"] = Answer(status=401, headers={"WWW-Authenticate": header})
    with pytest.raises(Refused) as refused:
        await kitchen.service.verify(VerifyRequest(repository=entry(registry, username="ada", password=SECRET)))
    assert refused.value.code in {"access_denied", "unavailable"}
    assert {asked.authorization for asked in registry.server.asked} == {""}
