"""One tenant learns nothing from what was rendered for another: the cache answers only who could render it himself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.wire.repo_server import RenderRequest, SourceRequest
from repo_server.errors import Refused
from repo_server.render.elsewhere import Elsewhere, Market
from tests.repo_server.conftest import PASSWORD
from tests.repo_server.kitchen import Kitchen, chart, config_map
from tests.repo_server.lfs_shop import LfsShop, forge_with_lfs
from tests.repo_server.repositories import Forge
from tests.repo_server.test_submodules import link

HIDDEN = config_map("hidden", word="swordfish")


@pytest.fixture
def shops(tmp_path: Path) -> Iterator[list[tuple[Forge, LfsShop]]]:
    with forge_with_lfs(tmp_path / "theirs") as theirs, forge_with_lfs(tmp_path / "ours") as ours:
        yield [theirs, ours]


async def ask(kitchen: Kitchen, source: Source, revision: str, entry: Repository, **request: Any) -> str:
    """Render a source of an entry, and return the manifests as text."""
    asked = RenderRequest(
        application=request.pop("application", "shop"),
        namespace="store",
        project=request.pop("project", "theirs"),
        sources=(SourceRequest(source=source, repository=entry, revision=revision),),
        **request,
    )
    answer = await kitchen.service.render(asked)
    return bytes(answer.sources[0].manifests).decode()


async def test_a_copy_of_a_tree_does_not_show_its_private_submodule(
    kitchen: Kitchen, forge: Forge, private_forge: Forge
):
    hidden = private_forge.create("hidden").commit({"map.yaml": HIDDEN})
    revisions: list[str] = []
    for where in (private_forge, forge):
        tree = where.create("app")
        revisions.append(link(tree, "apps/sub", hidden, private_forge.address("hidden")))
    theirs, ours = private_forge.address("app"), forge.address("app")
    login = Repository(url=theirs, username="ada", password=PASSWORD)
    for path in ("apps/sub", "apps"):
        options: dict[str, Any] = {"path": path, "directory": {"recurse": True}}
        their_source, our_source = (source_of(url, **options) for url in (theirs, ours))
        assert "swordfish" in await ask(kitchen, their_source, revisions[0], login)
        with pytest.raises(Refused, match="submodule 'apps/sub'") as refused:
            await ask(kitchen, our_source, revisions[1], Repository(url=ours), project="ours")
        assert refused.value.code == "access_denied"


async def test_a_copy_of_a_pointer_does_not_show_the_large_file(kitchen: Kitchen, shops: list[tuple[Forge, LfsShop]]):
    (theirs, shop), (ours, _) = shops
    files = {"app/map.yaml": shop.keep(HIDDEN.encode())}
    revision, copied = theirs.create().commit(files), ours.create().commit(files)
    for forge, commit, expected in ((theirs, revision, True), (ours, copied, False)):
        entry = Repository(url=forge.address(), enable_lfs=True)
        source = Source(repo_url=entry.url, path="app")
        if expected:
            assert "swordfish" in await ask(kitchen, source, commit, entry)
            continue
        with pytest.raises(Refused):
            await ask(kitchen, source, commit, entry, project="ours")


async def test_what_was_read_of_a_large_file_is_not_known_of_its_pointer(
    kitchen: Kitchen, shops: list[tuple[Forge, LfsShop]]
):
    (theirs, shop), (ours, _) = shops
    files = {
        "app/map.yaml": config_map("m"),
        "app/Kustomization": shop.keep(b"resources: [map.yaml]\nnamePrefix: a-\n"),
    }
    revision, copied = theirs.create().commit(files), ours.create().commit(files)
    entry = Repository(url=theirs.address(), enable_lfs=True)
    assert "a-m" in await ask(kitchen, Source(repo_url=entry.url, path="app"), revision, entry)
    with pytest.raises(Refused) as refused:
        await ask(kitchen, Source(repo_url=ours.address(), path="app"), copied, Repository(url=ours.address()))
    assert refused.value.code == "render_failed"


async def test_large_files_are_seen_as_soon_as_the_entry_switches_them_on(
    kitchen: Kitchen, shops: list[tuple[Forge, LfsShop]]
):
    forge, shop = shops[0]
    files = chart("app", **{"templates/map.yaml": config_map("m", text="{{ .Files.Get `p.txt` | b64enc }}")})
    revision = forge.create().commit({**files, "app/p.txt": shop.keep(b"large")})
    source = Source(repo_url=forge.address(), path="app")
    without = await ask(kitchen, source, revision, Repository(url=source.repo_url))
    switched_on = await ask(kitchen, source, revision, Repository(url=source.repo_url, enable_lfs=True))
    assert "bGFyZ2U=" in switched_on
    assert "bGFyZ2U=" not in without
    assert without == await ask(kitchen, source, revision, Repository(url=source.repo_url))


@pytest.mark.parametrize(
    "other", [{"project": "ours"}, {"application": "ours_shop"}], ids=["another project", "another namespace"]
)
async def test_no_two_applications_are_given_the_same_password(kitchen: Kitchen, other: dict[str, str]):
    files = chart("app", **{"templates/map.yaml": config_map("m", word="{{ randAlphaNum 20 }}")})
    revision = kitchen.forge.create().commit(files)
    source = kitchen.source("app")
    entry = kitchen.entry(source)
    first = await ask(kitchen, source, revision, entry)
    assert first == await ask(kitchen, source, revision, entry)
    assert first != await ask(kitchen, source, revision, entry, **other)


async def test_a_file_that_is_not_permitted_is_not_shown_from_the_cache(kitchen: Kitchen):
    url = kitchen.shop("map.yaml", HIDDEN.encode())
    revision = kitchen.forge.create().commit({"app/kustomization.yaml": f"resources: ['{url}']\n"})
    source = kitchen.source("app")
    entry = kitchen.entry(source)
    assert "swordfish" in await ask(kitchen, source, revision, entry, repositories={url: Repository(url=url)})
    with pytest.raises(Refused) as refused:
        await ask(kitchen, source, revision, entry, project="ours")
    assert refused.value.code == "repositories_needed"


class _Asked:
    """A market that notes with which entry a base was asked for."""

    def __init__(self) -> None:
        self.entries: list[Repository] = []

    async def base(self, repository: Repository, revision: str) -> object:
        del revision
        self.entries.append(repository)
        raise Refused("unavailable", "closed")


@pytest.mark.parametrize(
    ("own", "base", "expected"),
    [
        ("git@git.example.org:a/b.git", "git@evil.example.org:a/c.git", False),
        ("git@git.example.org:a/b.git", "git@git.example.org:a/c.git", True),
        ("git@git.example.org:a/b.git", "ssh://git@git.example.org/a/c.git", True),
        ("ssh://git@git.example.org:22/a/b.git", "ssh://git@git.example.org:2222/a/c.git", False),
        ("https://git.example.org/a/b.git", "https://git.example.org:443/a/c.git", True),
        ("https://git.example.org/a/b.git", "https://evil.example.org/a/c.git", False),
        ("https://git.example.org/a/b.git", "not a url", False),
    ],
)
async def test_2_36_a_base_is_told_the_login_of_its_own_server_only(own: str, base: str, expected: bool):
    market = _Asked()
    elsewhere = Elsewhere(
        cast("Market", market),
        own=Repository(url=own, ssh_private_key="key", password="word"),
        repositories={base: Repository(url=base)},
    )
    with pytest.raises(Refused, match="closed"):
        await elsewhere.base(base, "")
    (entry,) = market.entries
    assert entry.url == base
    assert bool(entry.ssh_private_key or entry.password) == expected


def source_of(url: str, **options: Any) -> Source:
    """Return a source as an application writes it."""
    return msgspec.convert({"repoURL": url, **options}, Source)
