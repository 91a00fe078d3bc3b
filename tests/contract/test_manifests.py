"""What `Manifests` promises, on the memory one and on a real repo server with a real Git repository behind it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pytest

from argosy.engine.model.rendering import Integrity
from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.gateways.manifests.errors import Refused, Unavailable
from argosy.gateways.manifests.http import HttpManifests
from argosy.gateways.manifests.memory import MemoryManifests
from argosy.gateways.manifests.port import Manifests
from argosy.wire.repo_server import (
    AppPath,
    AppsRequest,
    Chart,
    ChartsAnswer,
    Details,
    DetailsRequest,
    MetadataRequest,
    RefsAnswer,
    RenderRequest,
    RepositoryRequest,
    ResolveRequest,
    RevisionMetadata,
    SourceRequest,
    VerifyRequest,
)
from tests.repo_server.chart_shop import publish, version
from tests.repo_server.processes import Starter
from tests.repo_server.repositories import Forge, WorkTree
from tools.gitserver import GitServer

A = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
B = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}}
SAID = RevisionMetadata(author="Ada <ada@example.org>", date="2026-01-02T02:04:05Z", message="what it is for")


class World(Protocol):
    """A repository that commits are put into, and the gateway that renders them."""

    url: str
    manifests: Manifests

    def commit(self, folders: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
        """Make these the folders of the repository, and return the commit."""
        ...

    def tag(self, name: str, commit: str) -> None:
        """Name a commit."""
        ...

    def offer(self, *versions: str) -> str:
        """Offer the chart `web` at these versions, newest first, and return the chart repository's URL."""
        ...


class MemoryWorld:
    """The memory one."""

    url = "https://git.example.org/app"

    def __init__(self) -> None:
        self.manifests = MemoryManifests()

    def commit(self, folders: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
        self.manifests.commit(self.url, folders, branch="main", metadata=SAID)
        return self.manifests.commit(self.url, folders, metadata=SAID)

    def tag(self, name: str, commit: str) -> None:
        self.manifests.tag(self.url, name, commit)

    def offer(self, *versions: str) -> str:
        url = "https://charts.example.org"
        self.manifests.offered[url] = (Chart("web", versions),)
        return url


class RealWorld:
    """A repository on loopback, and a repo server process."""

    def __init__(self, forge: Forge, tree: WorkTree, manifests: Manifests) -> None:
        self.url = forge.address()
        self.manifests = manifests
        self._tree = tree
        self._forge = forge

    def commit(self, folders: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
        files = {
            f"{folder}/{position}.json": msgspec.json.encode(manifest)
            for folder, manifests in folders.items()
            for position, manifest in enumerate(manifests)
        }
        return self._tree.commit(files, SAID.message)

    def tag(self, name: str, commit: str) -> None:
        self._tree.git("tag", name, commit)

    def offer(self, *versions: str) -> str:
        publish(self._forge.root.parent / "charts", {each: version(each) for each in versions})
        return f"{self._forge.url}/charts"


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    (tmp_path / "root").mkdir()
    with GitServer(root=tmp_path / "root", static=tmp_path / "charts") as server:
        yield Forge(tmp_path / "root", server.url, server.requests)


@pytest.fixture
async def starter(tmp_path: Path) -> AsyncIterator[Starter]:
    starter = Starter(tmp_path, [])
    yield starter
    await starter.end()


@pytest.fixture(params=["memory", "real"])
async def world(request: pytest.FixtureRequest, starter: Starter, forge: Forge) -> World:
    if request.param == "memory":
        return MemoryWorld()
    running = await starter.start()
    return RealWorld(forge, forge.create(), running.client)


def _render(world: World, *paths: str, url: str = "", revision: str = "") -> RenderRequest:
    place = url or world.url
    sources = tuple(
        SourceRequest(source=Source(repo_url=place, path=path), repository=Repository(url=place), revision=revision)
        for path in paths
    )
    return RenderRequest(application="shop", namespace="store", project="default", sources=sources)


def _resolve(world: World, revision: str = "") -> ResolveRequest:
    source = Source(repo_url=world.url, target_revision=revision)
    return ResolveRequest(source=source, repository=Repository(url=world.url), fresh=True)


async def test_sources_are_rendered_in_order_at_the_newest_commit(world: World):
    world.commit({"one": [A], "two": [B]})
    commit = world.commit({"one": [B], "two": [A, B]})
    answer = await world.manifests.render(_render(world, "two", "one"))
    assert [[item.manifest for item in source.manifests] for source in answer.sources] == [[A, B], [B]]
    assert {(source.revision, source.source_type) for source in answer.sources} == {(commit, "Directory")}
    assert all(item.origin for source in answer.sources for item in source.manifests)


async def test_a_commit_renders_to_the_same_for_ever(world: World):
    old = world.commit({"one": [A]})
    world.commit({"one": [B]})
    (source,) = (await world.manifests.render(_render(world, "one", revision=old))).sources
    assert (source.revision, [item.manifest for item in source.manifests]) == (old, [A])


async def test_manifests_that_the_caller_has_are_not_sent_again(world: World):
    world.commit({"one": [A], "two": [B]})
    first = await world.manifests.render(_render(world, "one", "two"))
    one, two = (source.fingerprint for source in first.sources)
    assert not any(source.unchanged for source in first.sources)
    request = msgspec.structs.replace(_render(world, "one", "two"), known=(one, "another"))
    again = await world.manifests.render(request)
    assert [(source.fingerprint, source.unchanged) for source in again.sources] == [(one, True), (two, False)]
    assert [[item.manifest for item in source.manifests] for source in again.sources] == [[], [B]]
    new = world.commit({"one": [B], "two": [B]})
    later = msgspec.structs.replace(_render(world, "one", revision=new), known=(one,))
    (moved,) = (await world.manifests.render(later)).sources
    assert (moved.revision, moved.unchanged, [item.manifest for item in moved.manifests]) == (new, False, [B])


async def test_a_revision_resolves_to_the_newest_commit_and_a_commit_to_itself(world: World):
    old = world.commit({"one": [A]})
    new = world.commit({"one": [B]})
    assert await world.manifests.resolve(_resolve(world)) == new
    assert await world.manifests.resolve(_resolve(world, old)) == old


async def test_who_made_a_commit(world: World):
    commit = world.commit({"one": [A]})
    request = MetadataRequest(source=Source(repo_url=world.url), repository=Repository(url=world.url), revision=commit)
    assert await world.manifests.metadata(request) == SAID


async def test_who_made_a_commit_that_is_not_signed_as_asked(world: World):
    commit = world.commit({"one": [A]})
    policy = Integrity(mode="head", keys=("4AEE18F83AFDEB23",), keyring=())
    request = MetadataRequest(Source(repo_url=world.url), Repository(url=world.url), commit, policy)
    read = await world.manifests.metadata(request)
    assert read.author == SAID.author
    (check,) = read.checks
    assert check.name == "GIT/GPG"
    assert [f"commit {commit[:7]}" in problem and "is not signed" in problem for problem in check.problems] == [True]


def _details(world: World, *paths: str, position: int = 0) -> DetailsRequest:
    rendered = _render(world, *paths)
    return DetailsRequest(application="shop", project="default", sources=rendered.sources, position=position)


async def test_what_could_be_set_about_a_source(world: World):
    world.commit({"one": [A], "two": [B]})
    assert await world.manifests.details(_details(world, "one", "two", position=1)) == Details("Directory")
    with pytest.raises(Refused) as refused:
        await world.manifests.details(_details(world, "three"))
    assert refused.value.code == "path_not_found"
    with pytest.raises(Refused) as refused:
        await world.manifests.details(_details(world, "one", position=1))
    assert refused.value.code == "invalid"


async def test_branches_and_tags_of_a_repository(world: World):
    world.tag("v1", world.commit({"one": [A]}))
    request = RepositoryRequest(repository=Repository(url=world.url), fresh=True)
    assert await world.manifests.refs(request) == RefsAnswer(branches=("main",), tags=("v1",))


async def test_a_tag_is_a_revision(world: World):
    old = world.commit({"one": [A]})
    world.tag("v1", old)
    world.commit({"one": [B]})
    assert await world.manifests.resolve(_resolve(world, "v1")) == old


async def test_charts_of_a_chart_repository(world: World):
    url = world.offer("1.1.0", "1.0.0")
    request = RepositoryRequest(repository=Repository(url=url, type="helm"))
    assert await world.manifests.charts(request) == ChartsAnswer((Chart("web", ("1.1.0", "1.0.0")),))


async def test_a_repository_that_is_there_is_verified(world: World):
    world.commit({"one": [A]})
    await world.manifests.verify(VerifyRequest(repository=Repository(url=world.url)))


async def test_what_is_not_there_is_refused_with_its_code(world: World):
    world.commit({"one": [A]})
    elsewhere = world.url.replace("demo", "other").replace("app", "other")
    with pytest.raises(Refused) as refused:
        await world.manifests.render(_render(world, "three"))
    assert refused.value.code == "path_not_found"
    with pytest.raises(Refused) as refused:
        await world.manifests.render(_render(world, "one", revision="0" * 40))
    assert refused.value.code == "revision_not_found"
    with pytest.raises(Refused) as refused:
        await world.manifests.resolve(_resolve(world, "nothing"))
    assert refused.value.code == "revision_not_found"
    with pytest.raises(Refused) as refused:
        await world.manifests.render(_render(world, "one", url=elsewhere))
    assert refused.value.code == "repository_not_found"
    repository = Repository(url=elsewhere)
    asks = (
        world.manifests.verify(VerifyRequest(repository=repository)),
        world.manifests.refs(RepositoryRequest(repository=repository)),
        world.manifests.apps(AppsRequest(repository=repository)),
    )
    for ask in asks:
        with pytest.raises(Refused) as refused:
            await ask
        assert refused.value.code == "repository_not_found"


async def test_a_scripted_refusal_comes_once():
    world = MemoryWorld()
    world.commit({"one": [A]})
    world.manifests.refuse(Refused("render_failed", "no"), Unavailable("gone"))
    with pytest.raises(Refused, match="no"):
        await world.manifests.render(_render(world, "one"))
    with pytest.raises(Unavailable, match="gone"):
        await world.manifests.resolve(_resolve(world))
    await world.manifests.render(_render(world, "one"))
    assert len(world.manifests.asked) == 3


async def test_a_folder_that_draws_on_other_repositories_is_refused_with_their_names():
    world = MemoryWorld()
    world.commit({"one": [A]})
    world.manifests.draws_on[world.url, "one"] = ("https://charts.example.org", "@shop")
    request = _render(world, "one")
    with pytest.raises(Refused) as refused:
        await world.manifests.render(request)
    assert (refused.value.code, len(refused.value.repositories)) == ("repositories_needed", 2)
    lent = {name: Repository(url="https://charts.example.org") for name in refused.value.repositories}
    await world.manifests.render(msgspec.structs.replace(request, repositories=lent))


async def test_a_chart_that_depends_on_another_repository_is_refused_with_its_name(
    tmp_path: Path, forge: Forge, starter: Starter
):
    running = await starter.start()
    tree = forge.create()
    publish(tmp_path / "charts", {"1.0.0": version("1.0.0")})
    shop = f"{forge.url}/charts"
    lines = ("apiVersion: v2", "name: shop", "version: 1.0.0", "dependencies:")
    needed = ("- name: web", "  version: 1.*", f"  repository: {shop}")
    tree.commit({"shop/Chart.yaml": "\n".join((*lines, *needed)), "shop/templates/a.json": msgspec.json.encode(A)})
    world = RealWorld(forge, tree, running.client)
    request = _render(world, "shop")
    with pytest.raises(Refused) as refused:
        await world.manifests.render(request)
    assert (refused.value.code, refused.value.repositories) == ("repositories_needed", (shop,))
    lent = {shop: Repository(url=shop, type="helm")}
    answer = await world.manifests.render(msgspec.structs.replace(request, repositories=lent))
    assert A in [each.manifest for each in answer.sources[0].manifests]


async def test_folders_that_could_be_applications_in_the_memory_one():
    world = MemoryWorld()
    world.commit({"one": [A], "two": [B]})
    answer = await world.manifests.apps(AppsRequest(repository=Repository(url=world.url)))
    assert answer.items == (AppPath("one", "Directory"), AppPath("two", "Directory"))


async def test_a_repo_server_that_is_not_there_is_unavailable(forge: Forge):
    world = MemoryWorld()
    for address in ("http://127.0.0.1:9", "unix:/nonexistent/socket"):
        client = HttpManifests(address, token="a token that nobody checks")
        with pytest.raises(Unavailable, match="could not be reached"):
            await client.render(_render(world, "one"))
        await client.close()


@asynccontextmanager
async def fickle(*, answers_on_second: bool) -> AsyncIterator[tuple[str, list[int]]]:
    """A server that answers one request per connection and ends the connection at the next; counts connections."""
    connections: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(0)
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            await reader.readexactly(length)
            if connections[-1] or (len(connections) > 1 and not answers_on_second):
                break
            connections[-1] += 1
            body = b'{"revision":"1"}'
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", connections


@pytest.mark.parametrize("comes_back", [True, False])
async def test_a_connection_that_was_ended_is_made_anew_once(*, comes_back: bool):
    async with fickle(answers_on_second=comes_back) as (address, connections):
        client = HttpManifests(address, token="a token that nobody checks")
        assert await client.resolve(_resolve(MemoryWorld())) == "1"
        if comes_back:
            assert await client.resolve(_resolve(MemoryWorld())) == "1"
        else:
            with pytest.raises(Unavailable, match="could not be reached"):
                await client.resolve(_resolve(MemoryWorld()))
        assert len(connections) == 2
        await client.close()


async def test_what_is_no_repo_server_is_unavailable(forge: Forge):
    client = HttpManifests(forge.url, token="a token that nobody checks")
    with pytest.raises(Unavailable, match="answered with status"):
        await client.resolve(_resolve(MemoryWorld()))
    await client.close()
