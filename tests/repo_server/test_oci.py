"""Artifacts and charts from a real registry. Rules 2.4, 2.25, 2.57, 2.58."""

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from argosy.engine.model.repository import Repository
from argosy.engine.model.source import HelmOptions, Source
from argosy.wire.repo_server import MetadataRequest, RepositoryRequest, VerifyRequest
from repo_server.errors import Refused
from repo_server.oci import place
from tests.repo_server import docker_registry
from tests.repo_server.asking import names, render, resolve
from tests.repo_server.chart_shop import version
from tests.repo_server.conftest import PASSWORD
from tests.repo_server.docker_registry import (
    CHART_LAYER,
    EMPTY_CONFIG,
    LAYER,
    MANIFEST,
    PLAIN_LAYER,
    Artifact,
    DockerRegistry,
    chart,
)
from tests.repo_server.kitchen import Kitchen, config_map
from tests.repo_server.layers import layer, plain_layer
from tests.repo_server.remote import certificates


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("registry")


@pytest.fixture(scope="module")
def registry(folder: Path) -> Iterator[DockerRegistry]:
    with docker_registry.open_to_all(folder) as registry:
        yield registry


@pytest.fixture
def private(registry: DockerRegistry, folder: Path) -> tuple[DockerRegistry, Path]:
    return registry, folder


def entry(host: str, name: str, **fields: Any) -> Repository:
    return Repository(url=f"oci://{host}/{name}", type="oci", insecure_oci_force_http=True, **fields)


def source(repository: Repository, revision: str, **options: Any) -> Source:
    return Source(repo_url=repository.url, target_revision=revision, **options)


@pytest.mark.parametrize(("media_type", "pack"), [(LAYER, layer), (PLAIN_LAYER, plain_layer)])
async def test_2_4_an_artifact_is_rendered_from_its_one_layer(
    kitchen: Kitchen, registry: DockerRegistry, media_type: str, pack: Callable[[dict[str, str]], bytes]
):
    files = {"a.yaml": config_map("at-the-top"), "apps/web/b.yaml": config_map("below")}
    pushed = registry.push("demo/app", "1.0.0", Artifact([(media_type, pack(files)), ("text/plain", b"left aside")]))
    repository = entry(registry.host, "demo/app")
    top = await render(kitchen, source(repository, "1.0.0", path="."), repository)
    assert (names(top), top.revision, top.source_type) == (["at-the-top"], pushed, "Directory")
    below = await render(kitchen, source(repository, pushed, path="apps/web"), repository)
    assert (names(below), below.revision) == (["below"], pushed)


@pytest.mark.parametrize(
    ("revision", "means"),
    [
        ("1.0.0", "1.0.0"),
        ("1.x", "1.2.0"),
        (">=1.0.0 <1.2.0", "1.1.0_build.5"),
        ("1.1.0+build.5", "1.1.0_build.5"),
        ("*", "2.0.0"),
        (">=2.0.1-0", "2.1.0-rc.1"),
        ("latest", "latest"),
        ("my_branch", "my_branch"),
    ],
)
async def test_2_57_a_revision_is_a_tag_a_digest_or_a_constraint(
    kitchen: Kitchen, registry: DockerRegistry, revision: str, means: str
):
    tags = ("1.0.0", "1.1.0_build.5", "1.2.0", "2.0.0", "2.1.0-rc.1", "latest", "my_branch")
    pushed = {
        tag: registry.push("demo/tags", tag, Artifact([(LAYER, layer({"a.yaml": config_map(f"at-{number}")}))]))
        for number, tag in enumerate(tags)
    }
    repository = entry(registry.host, "demo/tags")
    assert await resolve(kitchen, source(repository, revision), repository) == pushed[means]
    assert await resolve(kitchen, source(repository, pushed[means]), repository) == pushed[means]
    answer = await kitchen.service.tags(RepositoryRequest(repository=repository))
    assert answer.tags == ("2.1.0-rc.1", "2.0.0", "1.2.0", "1.1.0+build.5", "1.0.0", "my_branch", "latest")


@pytest.mark.parametrize(
    ("revision", "says"),
    [
        ("3.0.0", "at 3.0.0 does not exist"),
        ("^3", r"no tag of oci://.* satisfies '\^3'; it has 1\.0\.0"),
        ("sha256:" + "0" * 64, "does not exist; check the tag or digest"),
        ("no/tag", "'no/tag' is neither a tag, a digest nor a version constraint"),
    ],
)
async def test_a_revision_that_is_not_there_says_so(
    kitchen: Kitchen, registry: DockerRegistry, revision: str, says: str
):
    registry.push("demo/one", "1.0.0", Artifact([(LAYER, layer({"a.yaml": config_map("a")}))]))
    repository = entry(registry.host, "demo/one")
    with pytest.raises(Refused, match=says) as refused:
        await render(kitchen, source(repository, revision), repository)
    assert refused.value.code == "revision_not_found"


async def test_a_target_revision_is_needed(kitchen: Kitchen, registry: DockerRegistry):
    repository = entry(registry.host, "demo/one")
    with pytest.raises(Refused, match=r"set spec\.source\.targetRevision") as refused:
        await render(kitchen, source(repository, ""), repository)
    assert refused.value.code == "invalid"


async def test_2_58_annotations_are_the_metadata_of_an_artifact(kitchen: Kitchen, registry: DockerRegistry):
    said = {
        "created": "2026-01-02T03:04:05Z",
        "authors": "Ada",
        "url": "https://example.org/image",
        "documentation": "https://example.org/docs",
        "source": "https://example.org/source",
        "version": "1.0.0",
        "description": "<b>bold</b>",
    }
    annotations = {f"org.opencontainers.image.{name}": text for name, text in said.items()}
    content = layer({"a.yaml": config_map("a")})
    pushed = registry.push("demo/said", "1", Artifact([(LAYER, content)], annotations=annotations))
    repository = entry(registry.host, "demo/said")
    asked = MetadataRequest(source=source(repository, "1"), repository=repository, revision=pushed)
    answer = await kitchen.service.metadata(asked)
    assert answer.created_at == said["created"]
    assert (answer.authors, answer.version, answer.description) == ("Ada", "1.0.0", "<b>bold</b>")
    assert (answer.image_url, answer.docs_url, answer.source_url) == (
        said["url"],
        said["documentation"],
        said["source"],
    )


async def test_2_4_a_chart_is_an_artifact_too_with_its_folder_left_out(kitchen: Kitchen, registry: DockerRegistry):
    pushed = registry.push("charts/web", "1.0.0", chart(version("1.0.0")))
    repository = entry(registry.host, "charts/web")
    helm = HelmOptions(values_object={"color": "of the application"})
    rendered = await render(kitchen, source(repository, "1.x", path=".", helm=helm), repository)
    assert (rendered.source_type, rendered.revision) == ("Helm", pushed)
    assert rendered.manifests[1].manifest["data"]["color"] == "of the application"
    with pytest.raises(Refused, match=r"spec\.source\.path must be '\.'"):
        await render(kitchen, source(repository, "1.x", path="templates"), repository)


def helm_entry(host: str, path: str = "shop", **fields: Any) -> Repository:
    return Repository(url=f"{host}/{path}", type="helm", enable_oci=True, insecure_oci_force_http=True, **fields)


@pytest.mark.parametrize(
    ("revision", "means"), [("", "1.2.0+amd.1"), ("1.0.0", "1.0.0"), ("^1.1", "1.2.0+amd.1"), ("<1.2", "1.1.0")]
)
async def test_2_25_a_chart_comes_from_a_registry(
    kitchen: Kitchen, registry: DockerRegistry, revision: str, means: str
):
    for number in ("1.0.0", "1.1.0", "1.2.0+amd.1"):
        said = {
            "name": "web",
            "version": number,
            "description": "A web server",
            "home": "https://example.org",
            "maintainers": [{"name": "Ada", "email": "ada@example.org"}],
        }
        registry.push("shop/web", number.replace("+", "_"), chart(version(number), metadata=said))
    repository = helm_entry(registry.host)
    asked = Source(repo_url=repository.url, chart="web", target_revision=revision)
    rendered = await render(kitchen, asked, repository)
    assert (rendered.source_type, rendered.revision) == ("Helm", means)
    request = MetadataRequest(source=asked, repository=repository, revision=means)
    answer = await kitchen.service.metadata(request)
    assert (answer.description, answer.home, answer.maintainers[0].name) == (
        "A web server",
        "https://example.org",
        "Ada",
    )
    tags = await kitchen.service.tags(RepositoryRequest(repository=helm_entry(registry.host, "shop/web")))
    assert tags.tags == ("1.2.0+amd.1", "1.1.0", "1.0.0")


async def test_a_version_of_a_chart_that_is_not_there_says_which_are(kitchen: Kitchen, registry: DockerRegistry):
    registry.push("short/web", "1.0.0", chart(version("1.0.0")))
    repository = helm_entry(registry.host, "short")
    for revision in ("1.0.1", "^2"):
        with pytest.raises(Refused, match=r"it has 1\.0\.0") as refused:
            await render(kitchen, Source(repo_url=repository.url, chart="web", target_revision=revision), repository)
        assert refused.value.code == "revision_not_found"
    with pytest.raises(Refused) as refused:
        await render(kitchen, Source(repo_url=repository.url, chart="db", target_revision="1.x"), repository)
    assert refused.value.code == "repository_not_found"


async def test_what_is_no_chart_is_not_rendered_as_one(kitchen: Kitchen, registry: DockerRegistry):
    registry.push("odd/web", "1.0.0", Artifact([(CHART_LAYER, version("1.0.0"))], config=(EMPTY_CONFIG, b"{}")))
    repository = helm_entry(registry.host, "odd")
    with pytest.raises(Refused, match="is not a Helm chart: its config is of type"):
        await render(kitchen, Source(repo_url=repository.url, chart="web", target_revision="1.0.0"), repository)


async def test_a_registry_does_not_list_its_charts(kitchen: Kitchen, registry: DockerRegistry):
    with pytest.raises(Refused, match="do not list their charts") as refused:
        await kitchen.service.charts(RepositoryRequest(repository=helm_entry(registry.host)))
    assert refused.value.code == "invalid"


async def test_an_index_of_one_manifest_means_that_one(kitchen: Kitchen, registry: DockerRegistry):
    artifact = Artifact([(LAYER, layer({"a.yaml": config_map("a")}))])
    registry.push("demo/index", "inner", artifact)
    described = {"mediaType": MANIFEST, "digest": docker_registry.digest(artifact.manifest()), "size": 1}
    attestation = {
        **described,
        "platform": {"os": "unknown", "architecture": "unknown"},
        "annotations": {"vnd.docker.reference.type": "attestation-manifest"},
    }
    pushed = registry.push_index("demo/index", "outer", [described, attestation])
    repository = entry(registry.host, "demo/index")
    rendered = await render(kitchen, source(repository, "outer"), repository)
    assert (names(rendered), rendered.revision) == (["a"], pushed)


async def test_an_index_of_several_is_refused(kitchen: Kitchen, registry: DockerRegistry):
    first, second = (Artifact([(LAYER, layer({"a.yaml": config_map(name)}))]) for name in ("a", "b"))
    for artifact in (first, second):
        registry.push("demo/several", "inner", artifact)
    described = [
        {"mediaType": MANIFEST, "digest": docker_registry.digest(each.manifest()), "size": len(each.manifest())}
        for each in (first, second)
    ]
    registry.push_index("demo/several", "outer", described)
    repository = entry(registry.host, "demo/several")
    with pytest.raises(Refused, match="is an index of 2 manifests"):
        await render(kitchen, source(repository, "outer"), repository)


async def test_a_tag_is_believed_for_a_while_and_its_layer_for_ever(kitchen: Kitchen, registry: DockerRegistry):
    repository = entry(registry.host, "demo/moving")
    first = registry.push("demo/moving", "main", Artifact([(LAYER, layer({"a.yaml": config_map("first")}))]))
    assert await resolve(kitchen, source(repository, "main"), repository) == first
    second = registry.push("demo/moving", "main", Artifact([(LAYER, layer({"a.yaml": config_map("second")}))]))
    assert await resolve(kitchen, source(repository, "main"), repository, fresh=False) == first
    kitchen.clock.advance(timedelta(seconds=121))
    assert await resolve(kitchen, source(repository, "main"), repository, fresh=False) == second
    assert names(await render(kitchen, source(repository, first), repository)) == ["first"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"username": docker_registry.USER, "password": PASSWORD}, None),
        ({"username": docker_registry.USER, "password": "wrong"}, "refused the credentials"),
        ({}, "wants credentials"),
    ],
)
@pytest.mark.parametrize("kind", ["password", "token"])
async def test_2_71_credentials_of_a_registry(
    kitchen: Kitchen, private: tuple[DockerRegistry, Path], kind: str, given: dict[str, str], says: str | None
):
    registry, folder = private
    registry.push("private/app", "1.0.0", Artifact([(LAYER, layer({"a.yaml": config_map("private")}))]))
    server = (
        docker_registry.with_password(folder, PASSWORD)
        if kind == "password"
        else docker_registry.with_tokens(folder, PASSWORD)
    )
    with server as started:
        host = started.host if isinstance(started, DockerRegistry) else started[0].host
        repository = entry(host, "private/app", **given)
        if says is None:
            await kitchen.service.verify(VerifyRequest(repository=repository))
            assert names(await render(kitchen, source(repository, "1.x"), repository)) == ["private"]
            return
        for ask in (
            lambda: kitchen.service.verify(VerifyRequest(repository=repository)),
            lambda: render(kitchen, source(repository, "1.x"), repository),
        ):
            with pytest.raises(Refused, match=says) as refused:
                await ask()
            assert refused.value.code == "access_denied"
            assert PASSWORD not in refused.value.message


async def test_a_token_is_asked_for_once(kitchen: Kitchen, registry: DockerRegistry, folder: Path):
    registry.push("public/app", "1.0.0", Artifact([(LAYER, layer({"a.yaml": config_map("public")}))]))
    with docker_registry.with_tokens(folder, None) as (server, tokens):
        repository = entry(server.host, "public/app")
        assert names(await render(kitchen, source(repository, "1.x"), repository)) == ["public"]
        assert tokens.asked == [("repository:public/app:pull", "")]


async def test_what_one_entry_may_read_does_not_reach_another(kitchen: Kitchen, registry: DockerRegistry, folder: Path):
    pushed = registry.push("secret/app", "1.0.0", Artifact([(LAYER, layer({"a.yaml": config_map("secret")}))]))
    with docker_registry.with_tokens(folder, PASSWORD) as (server, tokens):
        allowed = entry(server.host, "secret/app", username=docker_registry.USER, password=PASSWORD)
        assert names(await render(kitchen, source(allowed, pushed), allowed)) == ["secret"]
        stranger = entry(server.host, "secret/app")
        with pytest.raises(Refused, match="wants credentials"):
            await render(kitchen, source(stranger, pushed), stranger)
        told = base64.b64encode(f"{docker_registry.USER}:{PASSWORD}".encode()).decode()
        assert [who for _, who in tokens.asked] == [f"Basic {told}", ""]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("authority and certificate", None),
        ("insecure and certificate", None),
        ("authority alone", "could not be reached|is not trusted"),
        ("certificate alone", "is not trusted"),
        ("another authority", "is not trusted"),
    ],
)
async def test_2_71_a_registry_over_tls(
    kitchen: Kitchen, private: tuple[DockerRegistry, Path], tmp_path: Path, given: str, says: str | None
):
    registry, folder = private
    registry.push("tls/app", "1.0.0", Artifact([(LAYER, layer({"a.yaml": config_map("over-tls")}))]))
    server, client = certificates.authority(), certificates.authority()
    for name, content in (("server", server.certificate), ("key", server.key), ("client", client.certificate)):
        (tmp_path / name).write_text(content)
    shown = {"tls_client_cert_data": client.certificate, "tls_client_cert_key": client.key}
    fields: dict[str, Any] = {
        "authority and certificate": {"ca_pem": server.certificate, **shown},
        "insecure and certificate": {"insecure": True, **shown},
        "authority alone": {"ca_pem": server.certificate},
        "certificate alone": shown,
        "another authority": {"ca_pem": client.certificate, **shown},
    }[given]
    with docker_registry.over_tls(folder, tmp_path / "server", tmp_path / "key", clients=tmp_path / "client") as tls:
        repository = Repository(url=f"oci://{tls.host}/tls/app", type="oci", **fields)
        if says is None:
            assert names(await render(kitchen, source(repository, "1.x"), repository)) == ["over-tls"]
            return
        with pytest.raises(Refused, match=says):
            await render(kitchen, source(repository, "1.x"), repository)


@pytest.mark.parametrize(
    ("url", "base", "name"),
    [
        ("oci://registry.example.org/a/b", "https://registry.example.org", "a/b"),
        ("registry.example.org:5000/a", "https://registry.example.org:5000", "a"),
        ("https://registry.example.org/a/", "https://registry.example.org", "a"),
        ("OCI://Registry.Example.org/a", "https://registry.example.org", "a"),
        ("docker.io/bitnamicharts", "https://registry-1.docker.io", "bitnamicharts"),
        ("oci://[::1]:5000/a", "https://[::1]:5000", "a"),
    ],
)
def test_where_a_registry_is(url: str, base: str, name: str):
    at = place.parse(url, Repository(url=url))
    assert (at.base, at.name) == (base, name)
