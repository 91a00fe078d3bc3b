"""Files in Git LFS, 2.67 and S-154: fetched where the entry says so, from the repository's own server, verified."""

import base64
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from repo_server.errors import Refused
from repo_server.git import lfs
from repo_server.git.mirror import Mirror
from repo_server.git.submodules import Composer
from repo_server.tree import Tree
from repo_server.web.client import Web
from tests.repo_server import ssh_server
from tests.repo_server.lfs_shop import LfsShop, forge_with_lfs, lfs_alone
from tests.repo_server.repositories import Forge, Reach
from tools.gitserver import Login

LARGE = b"kind: ConfigMap\n" * 100
LOGIN = Login(user="ada", password="s3cret")
BASIC = "Basic " + base64.b64encode(b"ada:s3cret").decode()


@pytest.fixture
def shop_forge(tmp_path: Path) -> Iterator[tuple[Forge, LfsShop]]:
    with forge_with_lfs(tmp_path / "large") as served:
        yield served


@pytest.fixture
def private(tmp_path: Path) -> Iterator[tuple[Forge, LfsShop]]:
    with forge_with_lfs(tmp_path / "private-large", login=LOGIN) as served:
        yield served


@pytest.fixture
def composer(reach: Reach, web: Web) -> Composer:
    return Composer(reach.mirrors, web=web)


async def opened(composer: Composer, mirror: Mirror, commit: str) -> Tree:
    return await composer.tree(mirror, commit, submodules=True)


async def read(tree: Tree, path: str = "large.yaml", *, limit: int = 1_000_000) -> bytes:
    return (await tree.read([path], limit=limit))[path]


async def test_2_67_a_pointer_is_read_as_the_file_it_points_to(
    shop_forge: tuple[Forge, LfsShop], reach: Reach, composer: Composer
):
    forge, shop = shop_forge
    commit = forge.create().commit({"large.yaml": shop.keep(LARGE), "other.yaml": "small"})
    mirror = await reach.mirror(forge.address(), enable_lfs=True)
    tree = await opened(composer, mirror, commit)
    assert await tree.read(["other.yaml", "large.yaml"], limit=10_000) == {"other.yaml": b"small", "large.yaml": LARGE}
    assert [batch["operation"] for batch in shop.batches] == ["download"]


async def test_2_67_without_enable_lfs_nothing_is_asked_and_the_pointer_is_refused(
    shop_forge: tuple[Forge, LfsShop], reach: Reach, composer: Composer
):
    forge, shop = shop_forge
    commit = forge.create().commit({"large.yaml": shop.keep(LARGE), "picture.png": shop.keep(b"picture")})
    tree = await opened(composer, await reach.mirror(forge.address()), commit)
    with pytest.raises(Refused, match="set enableLfs in the repository's entry"):
        await read(tree)
    assert (await read(tree, "picture.png")).startswith(b"version https://git-lfs")
    assert shop.asked == []


async def test_2_67_what_was_fetched_is_kept_and_verified_when_it_is_read_again(
    shop_forge: tuple[Forge, LfsShop], reach: Reach, composer: Composer
):
    forge, shop = shop_forge
    commit = forge.create().commit({"large.yaml": shop.keep(LARGE)})
    mirror = await reach.mirror(forge.address(), enable_lfs=True)
    for _ in range(2):
        assert await read(await opened(composer, mirror, commit)) == LARGE
    assert len(shop.batches) == 1
    (kept,) = (mirror.folder / "lfs").iterdir()
    kept.write_bytes(bytes(len(LARGE)))
    assert await read(await opened(composer, mirror, commit)) == LARGE
    assert len(shop.batches) == 2


async def test_2_67_a_hundred_files_are_one_question(
    shop_forge: tuple[Forge, LfsShop], reach: Reach, composer: Composer
):
    forge, shop = shop_forge
    names = [f"{number}.yaml" for number in range(101)]
    commit = forge.create().commit({name: shop.keep(f"number: {name}".encode()) for name in names})
    tree = await opened(composer, await reach.mirror(forge.address(), enable_lfs=True), commit)
    assert await tree.read(names, limit=100_000) == {name: f"number: {name}".encode() for name in names}
    assert [len(batch["objects"]) for batch in shop.batches] == [100, 1]


async def test_2_67_the_server_is_told_the_repositorys_credentials(
    private: tuple[Forge, LfsShop], reach: Reach, composer: Composer
):
    forge, shop = private
    commit = forge.create().commit({"large.yaml": shop.keep(LARGE)})
    mirror = await reach.mirror(forge.address(), enable_lfs=True, username="ada", password=LOGIN.password)
    assert await read(await opened(composer, mirror, commit)) == LARGE
    assert {header for _, _, header in shop.asked} == {BASIC}


async def test_s_154_another_host_is_not_asked_over_http_and_told_nothing(
    private: tuple[Forge, LfsShop], reach: Reach, composer: Composer
):
    forge, shop = private
    commit = forge.create().commit({"large.yaml": shop.keep(LARGE)})
    other = LfsShop(files=shop.files)
    with lfs_alone(other) as url:
        shop.elsewhere = url
        mirror = await reach.mirror(forge.address(), enable_lfs=True, username="ada", password=LOGIN.password)
        with pytest.raises(Refused, match="only asked over https"):
            await read(await opened(composer, mirror, commit))
    assert other.asked == []


async def test_s_154_the_size_is_judged_before_anything_is_asked(
    shop_forge: tuple[Forge, LfsShop], reach: Reach, composer: Composer
):
    forge, shop = shop_forge
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize {100 * 2**30}\n"
    commit = forge.create().commit({"large.yaml": pointer})
    tree = await opened(composer, await reach.mirror(forge.address(), enable_lfs=True), commit)
    with pytest.raises(Refused, match="107,374,182,400 bytes together") as refused:
        await read(tree)
    assert refused.value.code == "limit_exceeded"
    assert shop.asked == []


@pytest.mark.parametrize(
    ("sent", "because"),
    [
        (b"x" * len(LARGE), "sent something else"),
        (LARGE[:-1], "sent something else"),
        (LARGE + b"more", "larger than the limit"),
        (None, "'no such file'"),
    ],
)
async def test_s_154_only_the_file_of_the_pointer_is_taken(
    shop_forge: tuple[Forge, LfsShop], reach: Reach, composer: Composer, sent: bytes | None, because: str
):
    forge, shop = shop_forge
    commit = forge.create().commit({"large.yaml": shop.keep(LARGE)})
    (oid,) = shop.files
    shop.files = {} if sent is None else {oid: sent}
    mirror = await reach.mirror(forge.address(), enable_lfs=True)
    with pytest.raises(Refused, match=because):
        await read(await opened(composer, mirror, commit))
    assert not list((mirror.folder / "lfs").glob("*"))


@pytest.mark.parametrize("answer", [b"<html>", b"{}", b'{"objects": [{"oid": 1}]}', b'{"objects": []}'])
async def test_s_154_an_answer_that_is_none_is_refused(
    shop_forge: tuple[Forge, LfsShop], reach: Reach, composer: Composer, answer: bytes
):
    forge, shop = shop_forge
    commit = forge.create().commit({"large.yaml": shop.keep(LARGE)})
    shop.answer = answer
    with pytest.raises(Refused, match=r"answered something else|says nothing of"):
        await read(await opened(composer, await reach.mirror(forge.address(), enable_lfs=True), commit))


async def test_a_repository_without_an_lfs_server_says_so(forge: Forge, reach: Reach, composer: Composer):
    commit = forge.create().commit({"large.yaml": LfsShop().keep(LARGE)})
    with pytest.raises(Refused, match="Git LFS server of") as refused:
        await read(await opened(composer, await reach.mirror(forge.address(), enable_lfs=True), commit))
    assert refused.value.code == "path_not_found"


async def test_s_154_lfs_url_is_followed_at_the_same_origin_and_nowhere_else(
    shop_forge: tuple[Forge, LfsShop], reach: Reach, composer: Composer
):
    forge, shop = shop_forge
    tree = forge.create()
    pointer = shop.keep(LARGE)
    mirror = await reach.mirror(forge.address(), enable_lfs=True)
    near = tree.commit({"large.yaml": pointer, ".lfsconfig": f"[lfs]\n\turl = {forge.url}/own/info/lfs\n"})
    assert await read(await opened(composer, mirror, near)) == LARGE
    assert shop.asked[0][1] == "/own/info/lfs/objects/batch"
    other = LfsShop(files=shop.files)
    with lfs_alone(other) as url:
        far = tree.commit({".lfsconfig": f"[lfs]\n\turl = {url}/info/lfs\n", "large.yaml": shop.keep(b"new")})
        with pytest.raises(Refused, match=r"lfs\.url in \.lfsconfig of .* names another server"):
            await read(await opened(composer, mirror, far))
    assert other.asked == []


async def test_2_67_the_files_of_a_submodule_come_from_its_own_server(
    shop_forge: tuple[Forge, LfsShop], forge: Forge, reach: Reach, composer: Composer
):
    large_forge, shop = shop_forge
    pinned = large_forge.create("other").commit({"large.yaml": shop.keep(LARGE)})
    tree = forge.create()
    (tree.folder / "other").mkdir()
    tree.git("update-index", "--add", "--cacheinfo", f"160000,{pinned},other")
    commit = tree.commit(
        {".gitmodules": f'[submodule "other"]\n\tpath = other\n\turl = {large_forge.address("other")}\n'}
    )
    files = await opened(composer, await reach.mirror(forge.address(), enable_lfs=True), commit)
    assert await read(files, "other/large.yaml") == LARGE
    assert shop.asked[0][1].startswith("/other/.git/info/lfs")


async def test_2_67_an_ssh_host_names_its_lfs_server(
    tmp_path: Path, shop_forge: tuple[Forge, LfsShop], reach: Reach, composer: Composer
):
    forge, shop = shop_forge
    commit = forge.create().commit({"large.yaml": shop.keep(LARGE)})
    commands: list[Sequence[str]] = []

    def authenticate(words: Sequence[str]) -> bytes:
        commands.append(words)
        return json.dumps({"href": f"{forge.url}/demo/info/lfs", "header": {"Authorization": "RemoteAuth x"}}).encode()

    async with ssh_server.serving(forge.root, authenticate=authenticate) as server:
        mirror = await reach.mirror(
            server.address(), enable_lfs=True, ssh_private_key=server.private_key, known_hosts=server.known_hosts
        )
        assert await read(await opened(composer, mirror, commit)) == LARGE
    assert commands == [["git-lfs-authenticate", "/demo/.git", "download"]]
    assert {header for _, _, header in shop.asked} == {"RemoteAuth x"}


@pytest.mark.parametrize("href", ["https://elsewhere.example/info/lfs", "file:///etc/passwd", ""])
async def test_s_154_an_ssh_host_cannot_send_us_to_another(
    shop_forge: tuple[Forge, LfsShop], reach: Reach, composer: Composer, href: str
):
    forge, shop = shop_forge
    commit = forge.create().commit({"large.yaml": shop.keep(LARGE)})
    async with ssh_server.serving(forge.root, authenticate=lambda _: json.dumps({"href": href}).encode()) as server:
        mirror = await reach.mirror(
            server.address(), enable_lfs=True, ssh_private_key=server.private_key, known_hosts=server.known_hosts
        )
        with pytest.raises(Refused, match="sends us to another host"):
            await read(await opened(composer, mirror, commit))


OID = "a" * 64


@pytest.mark.parametrize(
    ("text", "is_pointer"),
    [
        (f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize 12\n", True),
        (f"version https://hawser.github.com/spec/v1\noid sha256:{OID}\nsize 12", True),
        (f"version https://git-lfs.github.com/spec/v2\noid sha256:{OID}\nsize 12\n", False),
        (f"version https://git-lfs.github.com/spec/v1\noid md5:{OID}\nsize 12\n", False),
        (f"version https://git-lfs.github.com/spec/v1\noid sha256:../../{OID[:58]}\nsize 12\n", False),
        (f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize -1\n", False),
        (f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize 12\nmore\n", False),
        (f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize {'9' * 16}\n", False),
    ],
)
def test_2_67_what_is_a_pointer(text: str, is_pointer: bool):
    assert (lfs.pointer(text.encode()) is not None) == is_pointer


def test_2_67_the_longest_unused_files_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lfs, "_KEPT_BYTES", 25)
    shelf = lfs._Shelf(tmp_path / "lfs")
    pointers = [lfs.pointer(LfsShop().keep(bytes([number]) * 10).encode()) for number in range(3)]
    for number, pointer in enumerate(pointers):
        assert pointer is not None
        shelf.put(pointer, bytes([number]) * 10)
    assert [shelf.get(pointer) is not None for pointer in pointers if pointer] == [False, True, True]
