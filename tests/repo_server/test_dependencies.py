"""Charts that a chart depends on, from everywhere that Helm knows. Rule 2.24."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from argosy.engine.model.repository import Repository
from repo_server.errors import Refused
from tests.repo_server import docker_registry
from tests.repo_server.chart_shop import publish, version
from tests.repo_server.docker_registry import DockerRegistry, chart
from tests.repo_server.kitchen import Kitchen
from tests.repo_server.repositories import Link

TEMPLATE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Chart.Name }}-{{ .Chart.Version }}'}\n"
VERSIONS = ("1.0.0", "1.1.0", "2.0.0")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    publish(tmp_path / "charts", {number: dependency(number) for number in VERSIONS})
    return tmp_path / "charts"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerRegistry]:
    with docker_registry.open_to_all(tmp_path_factory.mktemp("registry")) as registry:
        yield registry


def dependency(number: str, **files: str) -> bytes:
    return version(number, **{"templates/map.yaml": TEMPLATE, "templates/NOTES.txt": "", "crds/crd.yaml": "", **files})


def umbrella(*dependencies: str, name: str = "umbrella", **files: str | Link) -> dict[str, str | bytes | Link | None]:
    listed = "".join(f"- {{{item}}}\n" for item in dependencies)
    chart_yaml = f"apiVersion: v2\nname: {name}\nversion: 0.1.0\n"
    chart_yaml += f"dependencies:\n{listed}" if listed else ""
    return {"Chart.yaml": chart_yaml, "templates/map.yaml": TEMPLATE, **files}


def below(folder: str, files: dict[str, str | bytes | Link | None]) -> dict[str, str | bytes | Link | None]:
    return {f"{folder}/{name}": content for name, content in files.items()}


async def names(kitchen: Kitchen, path: str = "", **repositories: Repository) -> list[str]:
    given = {repository.name or repository.url: repository for repository in repositories.values()}
    manifests = await kitchen.manifests(kitchen.source(path), repositories=given)
    return sorted(manifest["metadata"]["name"] for manifest in manifests)


def at(url: str, **fields: str) -> Repository:
    return Repository(url=url, type="helm", **fields)


@pytest.mark.parametrize(
    ("wanted", "found"), [("1.0.0", "1.0.0"), ("1.x", "1.1.0"), ("'>=1.0.0'", "2.0.0"), ("'*'", "2.0.0")]
)
async def test_2_24_a_dependency_comes_from_a_chart_repository(kitchen: Kitchen, shop: Path, wanted: str, found: str):
    url = f"{kitchen.forge.url}/charts"
    kitchen.forge.create().commit(umbrella(f"name: web, version: {wanted}, repository: {url}"))
    assert await names(kitchen, one=at(url)) == ["umbrella-0.1.0", f"web-{found}"]


async def test_2_24_the_lock_says_which_version(kitchen: Kitchen, shop: Path):
    url = f"{kitchen.forge.url}/charts"
    # Helm's own digest of what Chart.yaml asks for and what the lock pins.
    listed = [[{"name": "web", "version": number, "repository": url}] for number in ("1.x", "1.0.0")]
    digest = hashlib.sha256(json.dumps(listed, separators=(",", ":")).encode()).hexdigest()
    lock = f"dependencies:\n- {{name: web, version: 1.0.0, repository: {url}}}\ndigest: sha256:{digest}\n"
    files = umbrella(f"name: web, version: 1.x, repository: {url}", **{"Chart.lock": lock})
    kitchen.forge.create().commit(files)
    assert await names(kitchen, one=at(url)) == ["umbrella-0.1.0", "web-1.0.0"]


async def test_2_24_who_asks_must_say_which_repositories_are_permitted_all_at_once(kitchen: Kitchen, shop: Path):
    url = f"{kitchen.forge.url}/charts"
    files = umbrella(
        f"name: web, version: 1.x, repository: {url}",
        "name: db, version: 1.x, repository: 'oci://registry.example.org/charts'",
        "name: queue, version: 1.x, repository: '@shop'",
    )
    kitchen.forge.create().commit(files)
    with pytest.raises(Refused) as refused:
        await names(kitchen)
    assert refused.value.code == "repositories_needed"
    assert refused.value.repositories == (url, "oci://registry.example.org/charts", "@shop")
    with pytest.raises(Refused) as refused:
        await names(kitchen, one=at(url))
    assert refused.value.repositories == ("oci://registry.example.org/charts", "@shop")
    assert kitchen.forge.count("index.yaml") == 0


@pytest.mark.parametrize("text", ["@shop", "alias:shop"])
async def test_2_24_a_repository_may_go_by_its_name(kitchen: Kitchen, shop: Path, text: str):
    kitchen.forge.create().commit(umbrella(f"name: web, version: 1.0.0, repository: '{text}'"))
    named = at(f"{kitchen.forge.url}/charts", name=text)
    assert await names(kitchen, one=named) == ["umbrella-0.1.0", "web-1.0.0"]


@pytest.mark.parametrize(("wanted", "found"), [("1.0.0", "1.0.0"), ("^1", "1.1.0+build.1")])
async def test_2_24_a_dependency_comes_from_a_registry(
    kitchen: Kitchen, registry: DockerRegistry, wanted: str, found: str
):
    for number in ("1.0.0", "1.1.0+build.1"):
        registry.push("shop/web", number.replace("+", "_"), chart(dependency(number)))
    url = f"oci://{registry.host}/shop"
    kitchen.forge.create().commit(umbrella(f"name: web, version: {wanted}, repository: '{url}'"))
    entry = Repository(url=url, type="helm", enable_oci=True, insecure_oci_force_http=True)
    assert await names(kitchen, one=entry) == ["umbrella-0.1.0", f"web-{found}"]


async def test_2_24_a_dependency_lies_in_the_same_repository_and_has_its_own(kitchen: Kitchen, shop: Path):
    url = f"{kitchen.forge.url}/charts"
    kitchen.forge.create().commit(
        {
            **below("app", umbrella("name: middle, version: 0.1.0, repository: 'file://../libs/middle'")),
            **below(
                "libs/middle",
                umbrella(
                    "name: leaf, version: 0.1.0, repository: 'file://../leaf'",
                    f"name: web, version: 1.x, repository: {url}",
                    "name: held, version: 0.1.0",
                    name="middle",
                    **{"charts/held/Chart.yaml": "apiVersion: v2\nname: held\nversion: 0.1.0\n"},
                    **{"charts/held/templates/map.yaml": TEMPLATE},
                ),
            ),
            **below("libs/leaf", umbrella(name="leaf")),
        }
    )
    found = await names(kitchen, "app", one=at(url))
    assert found == ["held-0.1.0", "leaf-0.1.0", "middle-0.1.0", "umbrella-0.1.0", "web-1.1.0"]


@pytest.mark.parametrize(
    ("repository", "says"),
    [
        ("file://../../outside", "leads out of it"),
        ("file:///etc", "leads out of it"),
        ("file://../nowhere", "does not exist"),
        ("file://.", "depends on itself"),
    ],
)
async def test_a_local_dependency_stays_in_the_repository(kitchen: Kitchen, repository: str, says: str):
    files = umbrella(f"name: local, version: 0.1.0, repository: '{repository}'")
    kitchen.forge.create().commit(below("app", files))
    with pytest.raises(Refused, match=says):
        await names(kitchen, "app")


async def test_local_dependencies_that_go_in_circles_are_refused(kitchen: Kitchen):
    one = umbrella("name: two, version: 0.1.0, repository: 'file://../two'", name="one")
    two = umbrella("name: one, version: 0.1.0, repository: 'file://../one'", name="two")
    kitchen.forge.create().commit({**below("one", one), **below("two", two)})
    with pytest.raises(Refused, match="depends on itself"):
        await names(kitchen, "one")


async def test_s_093_a_lock_that_is_a_link_out_is_refused(kitchen: Kitchen, shop: Path):
    url = f"{kitchen.forge.url}/charts"
    files = umbrella(f"name: web, version: 1.x, repository: {url}", **{"Chart.lock": Link("/etc/hostname")})
    kitchen.forge.create().commit(files)
    with pytest.raises(Refused, match="symbolic link out of the repository"):
        await names(kitchen, one=at(url))


@pytest.mark.parametrize("name", ["../escape", "a/b", "'..'", "'.'", "-x", "x" * 300])
async def test_s_091_a_dependency_has_a_name_that_is_no_path(kitchen: Kitchen, shop: Path, name: str):
    url = f"{kitchen.forge.url}/charts"
    kitchen.forge.create().commit(umbrella(f"name: {name}, version: 1.x, repository: {url}"))
    with pytest.raises(Refused) as refused:
        await names(kitchen, one=at(url))
    assert refused.value.code == "render_failed"
    assert kitchen.forge.count("index.yaml") == 0


async def test_a_dependency_without_a_repository_must_be_there(kitchen: Kitchen):
    kitchen.forge.create().commit(umbrella("name: web, version: 1.x"))
    with pytest.raises(Refused, match="'web', which names no repository and is not in its charts/") as refused:
        await names(kitchen)
    assert refused.value.code == "render_failed"


async def test_a3_a_hundred_applications_fetch_a_dependency_once(kitchen: Kitchen, shop: Path):
    url = f"{kitchen.forge.url}/charts"
    files: dict[str, str | bytes | Link | None] = {}
    for number in range(20):
        files |= below(f"app-{number}", umbrella(f"name: web, version: 1.x, repository: {url}", name=f"app-{number}"))
    kitchen.forge.create().commit(files)
    for number in range(20):
        assert await names(kitchen, f"app-{number}", one=at(url)) == [f"app-{number}-0.1.0", "web-1.1.0"]
    assert kitchen.forge.count("index.yaml") == 1
    assert kitchen.forge.count(".tgz") == 1


async def test_a_render_is_done_again_when_the_dependency_means_another_version(kitchen: Kitchen, shop: Path):
    url = f"{kitchen.forge.url}/charts"
    kitchen.forge.create().commit(umbrella(f"name: web, version: 1.x, repository: {url}"))
    assert await names(kitchen, one=at(url)) == ["umbrella-0.1.0", "web-1.1.0"]
    renders = kitchen.tools.renders.count("helm")
    assert await names(kitchen, one=at(url)) == ["umbrella-0.1.0", "web-1.1.0"]
    assert kitchen.tools.renders.count("helm") == renders
    publish(shop, {number: dependency(number) for number in (*VERSIONS, "1.2.0")})
    kitchen.clock.advance(timedelta(seconds=121))
    assert await names(kitchen, one=at(url)) == ["umbrella-0.1.0", "web-1.2.0"]


async def test_a_local_dependency_may_be_the_root_of_the_repository(kitchen: Kitchen):
    app = umbrella("name: root, version: 0.1.0, repository: 'file://../'")
    kitchen.forge.create().commit({**umbrella(name="root"), **below("app", app)})
    assert await names(kitchen, "app") == ["root-0.1.0", "umbrella-0.1.0"]


@pytest.mark.parametrize("wanted", ["0.2.0", "^1", "nonsense"])
async def test_a_local_dependency_has_the_version_that_is_wanted(kitchen: Kitchen, wanted: str):
    files = umbrella(f"name: leaf, version: {wanted}, repository: 'file://../leaf'")
    kitchen.forge.create().commit({**below("app", files), **below("leaf", umbrella(name="leaf"))})
    with pytest.raises(Refused, match=r"file://\.\./leaf has '0\.1\.0'"):
        await names(kitchen, "app")


async def test_local_dependencies_that_multiply_are_refused(kitchen: Kitchen):
    files: dict[str, str | bytes | Link | None] = {}
    for level in range(9):
        more = [
            f"name: level-{level + 1}, version: 0.1.0, alias: a{n}, repository: 'file://../{level + 1}'"
            for n in range(9)
        ]
        files |= below(str(level), umbrella(*more, name=f"level-{level}"))
    kitchen.forge.create().commit({**files, **below("9", umbrella(name="level-9"))})
    with pytest.raises(Refused, match="depends on more than 200 charts") as refused:
        await names(kitchen, "0")
    assert refused.value.code == "limit_exceeded"
