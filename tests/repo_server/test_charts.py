"""Charts from an HTTP chart repository: versions, digests, credentials and hostile archives. Rules 2.25 and 2.57."""

import hashlib
import tarfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from argosy.engine.model.repository import Repository
from argosy.engine.model.source import HelmOptions, KustomizeOptions, Source
from argosy.gateways.clock import SystemClock
from argosy.gateways.tools.port import Tools
from argosy.wire.repo_server import MetadataRequest, RenderRequest, RepositoryRequest, SourceRequest, VerifyRequest
from repo_server.charts.archives import Archives
from repo_server.charts.http_charts import HttpCharts
from repo_server.charts.pulling import ChartPlace
from repo_server.errors import Refused
from repo_server.web import files
from repo_server.web.client import Web
from tests.repo_server import docker_registry
from tests.repo_server.chart_shop import CHART, pack, publish, version
from tests.repo_server.conftest import PASSWORD
from tests.repo_server.kitchen import Kitchen
from tests.repo_server.remote import certificates
from tests.repo_server.repositories import Forge
from tools.gitserver import GitServer, Login

VERSIONS = {number: version(number) for number in ("1.0.0", "1.2.0", "1.3.0-rc.1", "2.0.0", "v3.0.0")}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    publish(tmp_path / "charts", VERSIONS)
    return tmp_path / "charts"


def _source(kitchen: Kitchen, revision: str = "*", **options: object) -> Source:
    return Source(repo_url=f"{kitchen.forge.url}/charts", chart="web", target_revision=revision, **options)


@pytest.mark.parametrize(
    ("revision", "resolved"),
    [
        ("", "v3.0.0"),
        ("*", "v3.0.0"),
        ("1.0.0", "1.0.0"),
        ("1.x", "1.2.0"),
        (">=1.0.0 <2.0.0", "1.2.0"),
        (">=1.2.1-0 <2.0.0", "1.3.0-rc.1"),
        ("1.3.0-rc.1", "1.3.0-rc.1"),
        ("v2.0.0", "2.0.0"),
        ("3.0.0", "v3.0.0"),
    ],
)
async def test_2_25_a_version_means(kitchen: Kitchen, shop: Path, revision: str, resolved: str):
    assert await kitchen.resolve(_source(kitchen, revision)) == resolved


@pytest.mark.parametrize("revision", ["4.0.0", "^4", "main"])
async def test_a_version_that_is_not_there_says_which_are(kitchen: Kitchen, shop: Path, revision: str):
    with pytest.raises(Refused, match=r"it has 1\.0\.0, 1\.2\.0") as refused:
        await kitchen.resolve(_source(kitchen, revision))
    assert refused.value.code == "revision_not_found"


async def test_2_14_without_a_namespace_of_helms_a_chart_sees_kustomizes(kitchen: Kitchen, shop: Path):
    for helm, namespace in ((None, "built"), (HelmOptions(namespace="templated"), "templated")):
        source = _source(kitchen, helm=helm, kustomize=KustomizeOptions(namespace="built"))
        _, rendered = await kitchen.manifests(source)
        assert rendered["metadata"]["namespace"] == namespace


async def test_a_chart_is_rendered_with_value_files_of_its_own_and_of_another_source(kitchen: Kitchen, tmp_path: Path):
    publish(tmp_path / "charts", {"1.0.0": version("1.0.0", **{"prod.yaml": "color: prod"})})
    kitchen.forge.create("values").commit({"more.yaml": "extra: more"})
    helm = HelmOptions(value_files=("prod.yaml", "$settings/more.yaml"), values_object={"list": ["x"]})
    rendered, _ = await kitchen.render(_source(kitchen, helm=helm), kitchen.source("", "values", ref="settings"))
    assert (rendered.source_type, rendered.revision) == ("Helm", "1.0.0")
    data = rendered.manifests[1].manifest["data"]
    assert (data["color"], data["extra"], data["list"]) == ("prod", "more", "x")


async def test_a_value_file_does_not_lead_out_of_the_chart(kitchen: Kitchen, shop: Path):
    with pytest.raises(Refused, match="leads out of the repository"):
        await kitchen.render(_source(kitchen, helm=HelmOptions(value_files=("../x.yaml",))))


async def test_the_index_and_the_archive_are_asked_for_once(kitchen: Kitchen, shop: Path):
    for application in ("one", "two", "three"):
        await kitchen.render(_source(kitchen), application=application)
    assert kitchen.forge.count("index.yaml") == 1
    assert kitchen.forge.count(".tgz") == 1


async def test_an_index_that_has_not_changed_is_not_read_again(kitchen: Kitchen, shop: Path):
    for _ in range(3):
        await kitchen.resolve(_source(kitchen))
    assert kitchen.forge.count("index.yaml") == 3
    assert kitchen.tools.renders == ["yaml"]
    publish(shop, {**VERSIONS, "4.0.0": version("4.0.0")})
    assert await kitchen.resolve(_source(kitchen)) == "4.0.0"
    assert kitchen.tools.renders == ["yaml", "yaml"]


async def test_a_digest_that_does_not_match_is_refused(kitchen: Kitchen, shop: Path):
    (shop / "web-1.0.0.tgz").write_bytes(version("1.0.0", **{"values.yaml": "color: forged"}))
    with pytest.raises(Refused, match="does not have the digest that the index promises"):
        await kitchen.render(_source(kitchen, "1.0.0"))


async def test_what_the_index_says_of_a_version(kitchen: Kitchen, shop: Path):
    source = _source(kitchen)
    asked = MetadataRequest(source=source, repository=kitchen.entry(source), revision="1.0.0")
    answer = await kitchen.service.metadata(asked)
    assert (answer.description, answer.home) == ("A web server", "https://example.org")


async def test_a_missing_chart_and_a_missing_repository_are_told_apart(kitchen: Kitchen, shop: Path):
    with pytest.raises(Refused, match="it has web") as refused:
        await kitchen.render(msgspec.structs.replace(_source(kitchen), chart="db"))
    assert refused.value.code == "path_not_found"
    with pytest.raises(Refused) as refused:
        await kitchen.render(msgspec.structs.replace(_source(kitchen), repo_url=f"{kitchen.forge.url}/charts/none"))
    assert refused.value.code == "repository_not_found"
    with pytest.raises(Refused) as refused:
        await kitchen.render(Source(repo_url="http://127.0.0.1:9", chart="web"))
    assert refused.value.code == "unavailable"


@pytest.mark.parametrize("index", ["just text", "entries: {web: [", "entries: []", "a: 1", ""])
async def test_an_index_that_is_none_is_refused(kitchen: Kitchen, shop: Path, index: str):
    (shop / "index.yaml").write_text(index)
    with pytest.raises(Refused, match=r"charts/index\.yaml"):
        await kitchen.resolve(_source(kitchen))


async def test_entries_that_cannot_be_read_are_passed_over(kitchen: Kitchen, shop: Path):
    index = (shop / "index.yaml").read_text().replace("  - version: 2.0.0", "  - nonsense\n  - version: 2.0.0")
    (shop / "index.yaml").write_text(index)
    assert await kitchen.resolve(_source(kitchen, "^2")) == "2.0.0"


def _odd(**fields: object) -> tarfile.TarInfo:
    member = tarfile.TarInfo("web/odd")
    for name, value in fields.items():
        setattr(member, name, value)
    return member


@pytest.mark.parametrize(
    "content",
    [
        lambda: pack(CHART, members=[_odd(type=tarfile.SYMTYPE, linkname="/etc/passwd")]),
        lambda: pack(CHART, members=[_odd(type=tarfile.LNKTYPE, linkname="web/values.yaml")]),
        lambda: pack(CHART, members=[_odd(type=tarfile.FIFOTYPE)]),
        lambda: pack(CHART, members=[_odd(type=tarfile.CHRTYPE)]),
        lambda: pack(CHART, members=[_odd(name="web/../../escape")]),
        lambda: pack(CHART, members=[_odd(name="web/a\\..\\b")]),
        lambda: pack(CHART, members=[_odd(name="c:/web/x")]),
        lambda: pack(CHART, members=[_odd(name="web/values.yaml/under-a-file")]),
        lambda: pack(CHART)[:-40],
        lambda: b"not a tgz",
        lambda: b"",
    ],
)
async def test_a_hostile_or_broken_archive_is_refused_whole(kitchen: Kitchen, shop: Path, content: Callable[[], bytes]):
    publish(shop, {"1.0.0": content()})
    with pytest.raises(Refused) as refused:
        await kitchen.render(_source(kitchen))
    assert refused.value.code == "render_failed"
    assert "chart web 1.0.0" in refused.value.message


async def test_an_archive_that_unpacks_to_too_much_is_refused(kitchen: Kitchen, shop: Path):
    publish(shop, {"1.0.0": pack({**CHART, "bomb.txt": "0" * 6_000_000})})
    with pytest.raises(Refused, match="unpacks to more than the limit of 5,000,000 bytes") as refused:
        await kitchen.render(_source(kitchen))
    assert refused.value.code == "limit_exceeded"


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"username": "ada", "password": PASSWORD}, None),
        ({"username": "ada", "password": "wrong"}, "refused the credentials"),
        ({}, "wants credentials"),
    ],
)
async def test_credentials(kitchen: Kitchen, private_forge: Forge, shop: Path, entry: dict[str, str], says: str | None):
    url = f"{private_forge.url}/charts"
    repository = Repository(url=url, type="helm", **entry)
    asked = RenderRequest(
        application="shop",
        namespace="store",
        project="default",
        sources=(SourceRequest(source=Source(repo_url=url, chart="web"), repository=repository),),
    )
    if says is None:
        await kitchen.service.verify(VerifyRequest(repository=repository))
        assert len((await kitchen.service.render(asked)).sources) == 1
        return
    with pytest.raises(Refused, match=says) as refused:
        await kitchen.service.render(asked)
    assert refused.value.code == "access_denied"
    with pytest.raises(Refused, match=says):
        await kitchen.service.verify(VerifyRequest(repository=repository))


@pytest.mark.parametrize(("passed_on", "status"), [(False, "wants credentials|refused the credentials"), (True, None)])
async def test_2_23_credentials_go_to_another_origin_only_if_told(
    private_forge: Forge, web: Web, shop: Path, passed_on: bool, status: str | None
):
    # The entry is for another port of the same host, so this is a chart that lies elsewhere than its index.
    wanted = files.Wanted(
        url=f"{private_forge.url}/charts/web-1.0.0.tgz",
        repository=Repository(url="http://127.0.0.1:9/charts", username="ada", password=PASSWORD),
        limit=100_000,
        credentials_for="everybody" if passed_on else "origin",
    )
    if status is None:
        assert isinstance(await files.get(web, wanted), files.Fetched)
        return
    with pytest.raises(Refused, match=status):
        await files.get(web, wanted)


async def test_2_23_an_application_may_pass_its_credentials_on_to_other_hosts(
    kitchen: Kitchen, private_forge: Forge, tmp_path: Path
):
    publish(tmp_path / "charts", {"1.0.0": version("1.0.0")}, digests=False)
    login = Login(user="ada", password=PASSWORD)
    with GitServer(root=tmp_path, static=tmp_path / "charts", login=login) as other:
        index = tmp_path / "charts" / "index.yaml"
        index.write_text(index.read_text().replace("urls: [", f"urls: [{other.url}/charts/"))
        url = f"{private_forge.url}/charts"
        entry = Repository(url=url, type="helm", username="ada", password=PASSWORD)

        async def render(helm: HelmOptions) -> None:
            source = Source(repo_url=url, chart="web", helm=helm)
            item = SourceRequest(source=source, repository=entry)
            await kitchen.service.render(
                RenderRequest(application="a", namespace="b", project="default", sources=(item,))
            )

        with pytest.raises(Refused, match=r"wants credentials|refused the credentials"):
            await render(HelmOptions())
        await render(HelmOptions(pass_credentials=True))


async def test_a_file_larger_than_the_limit_is_not_read_to_its_end(forge: Forge, web: Web, shop: Path):
    (shop / "large").write_bytes(bytes(1_000_000))
    wanted = files.Wanted(url=f"{forge.url}/charts/large", repository=Repository(url=forge.url), limit=999_999)
    with pytest.raises(Refused, match="larger than the limit of 999,999 bytes") as refused:
        await files.get(web, wanted)
    assert refused.value.code == "limit_exceeded"


async def test_charts_are_listed_with_their_versions_newest_first(kitchen: Kitchen, shop: Path):
    repository = Repository(url=f"{kitchen.forge.url}/charts", type="helm")
    answer = await kitchen.service.charts(RepositoryRequest(repository=repository))
    (web,) = answer.items
    assert (web.name, web.versions) == ("web", ("v3.0.0", "2.0.0", "1.3.0-rc.1", "1.2.0", "1.0.0"))
    await kitchen.service.charts(RepositoryRequest(repository=repository))
    assert kitchen.forge.count("index.yaml") == 1
    await kitchen.service.charts(RepositoryRequest(repository=repository, fresh=True))
    assert kitchen.forge.count("index.yaml") == 2


async def test_an_index_may_say_that_a_chart_is_in_a_registry(
    kitchen: Kitchen, shop: Path, tmp_path_factory: pytest.TempPathFactory
):
    tls = certificates.authority()
    folder = tmp_path_factory.mktemp("registry")
    (folder / "certificate").write_text(tls.certificate)
    (folder / "key").write_text(tls.key)
    with docker_registry.open_to_all(folder) as registry:
        registry.push("shop/web", "1.0.0", docker_registry.chart(version("1.0.0")))
    with docker_registry.over_tls(folder, folder / "certificate", folder / "key") as registry:
        url = f"oci://{registry.host}/shop/web:1.0.0"
        (shop / "index.yaml").write_text(f"entries: {{web: [{{version: 1.0.0, urls: ['{url}']}}]}}")
        # It is asked anonymously and over TLS; the entry's trust is for the repository's own host.
        with pytest.raises(Refused, match="its TLS certificate is not trusted"):
            await kitchen.render(_source(kitchen))


@pytest.mark.parametrize("digest", ["right", "wrong", "none"])
async def test_a_chart_from_a_registry_that_an_index_names_has_the_promised_digest(
    shop: Path, forge: Forge, web: Web, tools: Tools, digest: str
):
    content = version("1.0.0")
    asked: list[str] = []

    async def registries(url: str) -> bytes:
        asked.append(url)
        return content

    promised = {"right": hashlib.sha256(content).hexdigest(), "wrong": "0" * 64, "none": ""}[digest]
    url = "oci://registry.example.org/shop/web:1.0.0"
    (shop / "index.yaml").write_text(f"entries: {{web: [{{version: 1.0.0, digest: '{promised}', urls: ['{url}']}}]}}")
    archives = Archives(shop.with_name("store"), limit=1_000_000, clock=SystemClock())
    archives.open()
    charts = HttpCharts(
        web=web, archives=archives, tools=tools, clock=SystemClock(), index_limit=100_000, registries=registries
    )
    place = ChartPlace(repository=Repository(url=f"{forge.url}/charts", type="helm"), chart="web")
    if digest == "wrong":
        with pytest.raises(Refused, match="does not have the digest that the index promises"):
            await charts.pull(place, "1.0.0")
        return
    for _ in range(2):
        assert await archives.content(await charts.pull(place, "1.0.0")) == content
    assert asked == [url]
