"""What `Manifests` promises, on the memory one and on a real repo server with a real Git repository behind it."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pytest

from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.gateways.manifests.errors import Refused, Unavailable
from argosy.gateways.manifests.http import HttpManifests
from argosy.gateways.manifests.memory import MemoryManifests
from argosy.gateways.manifests.port import Manifests
from argosy.wire.repo_server import (
    MetadataRequest,
    RenderRequest,
    ResolveRequest,
    RevisionMetadata,
    SourceRequest,
    VerifyRequest,
)
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


class MemoryWorld:
    """The memory one."""

    url = "https://git.example.org/app"

    def __init__(self) -> None:
        self.manifests = MemoryManifests()

    def commit(self, folders: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
        return self.manifests.commit(self.url, folders, metadata=SAID)


class RealWorld:
    """A repository on loopback, and a repo server process."""

    def __init__(self, forge: Forge, tree: WorkTree, manifests: Manifests) -> None:
        self.url = forge.address()
        self.manifests = manifests
        self._tree = tree

    def commit(self, folders: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
        files = {
            f"{folder}/{position}.json": msgspec.json.encode(manifest)
            for folder, manifests in folders.items()
            for position, manifest in enumerate(manifests)
        }
        return self._tree.commit(files, SAID.message)


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    (tmp_path / "root").mkdir()
    with GitServer(root=tmp_path / "root") as server:
        yield Forge(tmp_path / "root", server.url, server.requests)


@pytest.fixture(params=["memory", "real"])
async def world(request: pytest.FixtureRequest, tmp_path: Path, forge: Forge) -> AsyncIterator[World]:
    if request.param == "memory":
        yield MemoryWorld()
        return
    starter = Starter(tmp_path, [])
    running = await starter.start()
    yield RealWorld(forge, forge.create(), running.client)
    await starter.end()


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


async def test_a_revision_resolves_to_the_newest_commit_and_a_commit_to_itself(world: World):
    old = world.commit({"one": [A]})
    new = world.commit({"one": [B]})
    assert await world.manifests.resolve(_resolve(world)) == new
    assert await world.manifests.resolve(_resolve(world, old)) == old


async def test_who_made_a_commit(world: World):
    commit = world.commit({"one": [A]})
    request = MetadataRequest(source=Source(repo_url=world.url), repository=Repository(url=world.url), revision=commit)
    assert await world.manifests.metadata(request) == SAID


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
    with pytest.raises(Refused) as refused:
        await world.manifests.verify(VerifyRequest(repository=Repository(url=elsewhere)))
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


async def test_a_repo_server_that_is_not_there_is_unavailable(forge: Forge):
    world = MemoryWorld()
    for address in ("http://127.0.0.1:9", "unix:/nonexistent/socket"):
        client = HttpManifests(address, token="a token that nobody checks")
        with pytest.raises(Unavailable, match="could not be reached"):
            await client.render(_render(world, "one"))
        await client.close()


async def test_what_is_no_repo_server_is_unavailable(forge: Forge):
    client = HttpManifests(forge.url, token="a token that nobody checks")
    with pytest.raises(Unavailable, match="answered with status"):
        await client.resolve(_resolve(MemoryWorld()))
    await client.close()
