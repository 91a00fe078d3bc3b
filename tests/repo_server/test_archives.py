"""The store of archives on disk: bounded, verified, kept over a restart, one fetch for all who ask. Rule 2.26, A3."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from argosy.gateways.clock import ManualClock
from repo_server import settings
from repo_server.charts.archive import Unpacking
from repo_server.charts.archives import Archives
from repo_server.errors import Damaged, Refused
from tests.repo_server.layers import layer
from tests.repo_server.processes import TOKEN

WHO = b"an entry"
HOW = Unpacking(packing="layer", name="it", limit=1_000_000)


class Shop:
    """Hands out archives and counts how often."""

    def __init__(self) -> None:
        self.fetched = 0

    async def __call__(self) -> bytes:
        self.fetched += 1
        await asyncio.sleep(0)
        return layer({"a": f"content {self.fetched}", "b/c": "more"})


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 2, tzinfo=UTC))


def opened(folder: Path, clock: ManualClock, *, limit: int = 1_000_000) -> Archives:
    archives = Archives(folder / "archives", limit=limit, clock=clock)
    archives.open()
    return archives


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "archives").glob("*.tgz"))


async def read(archives: Archives, name: str, shop: Shop) -> dict[str, bytes]:
    tree = await archives.tree(await archives.obtain(name, shop), HOW)
    return await tree.read(await tree.files(""), limit=1000)


async def test_all_who_ask_at_once_wait_for_one_fetch(tmp_path: Path, clock: ManualClock):
    archives, shop = opened(tmp_path, clock), Shop()
    name = archives.name(WHO, "chart", "web")
    found = await asyncio.gather(*[read(archives, name, shop) for _ in range(100)])
    assert shop.fetched == 1
    assert found == [{"a": b"content 1", "b/c": b"more"}] * 100


async def test_an_archive_outlives_the_process(tmp_path: Path, clock: ManualClock):
    shop = Shop()
    for _ in range(3):
        archives = opened(tmp_path, clock)
        assert await read(archives, archives.name(WHO, "chart"), shop) == {"a": b"content 1", "b/c": b"more"}
    assert shop.fetched == 1


async def test_another_entry_fetches_for_itself(tmp_path: Path, clock: ManualClock):
    archives, shop = opened(tmp_path, clock), Shop()
    await read(archives, archives.name(WHO, "chart"), shop)
    await read(archives, archives.name(b"another", "chart"), shop)
    assert shop.fetched == 2


@pytest.mark.parametrize("damage", ["changed", "cut", "gone"])
async def test_what_was_damaged_on_disk_is_noticed_and_fetched_again(tmp_path: Path, clock: ManualClock, damage: str):
    shop = Shop()
    archives = opened(tmp_path, clock)
    await archives.obtain(archives.name(WHO, "chart"), shop)
    (file,) = kept(tmp_path)
    content = file.read_bytes()
    match damage:
        case "changed":
            file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        case "cut":
            file.write_bytes(content[:10])
        case _:
            file.unlink()
    with pytest.raises(Damaged):
        await read(archives, archives.name(WHO, "chart"), shop)
    assert await read(archives, archives.name(WHO, "chart"), shop) == {"a": b"content 2", "b/c": b"more"}


async def test_what_is_unused_longest_goes_first_also_after_a_restart(tmp_path: Path, clock: ManualClock):
    size = len(layer({"a": "content 1", "b/c": "more"}))
    archives, shop = opened(tmp_path, clock, limit=3 * size + 2), Shop()
    names = [archives.name(WHO, "chart", str(number)) for number in range(4)]
    for name in names[:3]:
        await archives.obtain(name, shop)
    await archives.obtain(names[0], shop)
    await archives.obtain(names[3], shop)
    assert shop.fetched == 4
    assert {file.name.partition(".")[0] for file in kept(tmp_path)} == {names[0], names[2], names[3]}
    opened(tmp_path, clock, limit=1)
    assert len(kept(tmp_path)) == 1


async def test_an_archive_larger_than_the_store_can_be_used_once(tmp_path: Path, clock: ManualClock):
    archives, shop = opened(tmp_path, clock, limit=1), Shop()
    assert (await read(archives, archives.name(WHO, "one"), shop))["a"] == b"content 1"
    assert (await read(archives, archives.name(WHO, "two"), shop))["a"] == b"content 2"
    assert len(kept(tmp_path)) == 1


async def test_what_is_not_sound_is_not_kept(tmp_path: Path, clock: ManualClock):
    archives = opened(tmp_path, clock)

    async def bad() -> bytes:
        return b"no archive"

    packed = await archives.obtain(archives.name(WHO, "chart"), bad)
    with pytest.raises(Refused, match="it cannot be unpacked"):
        await archives.tree(packed, HOW)
    assert kept(tmp_path) == []


async def test_a_fetch_that_fails_leaves_nothing_and_is_tried_again(tmp_path: Path, clock: ManualClock):
    archives, shop = opened(tmp_path, clock), Shop()
    name = archives.name(WHO, "chart")

    async def fails() -> bytes:
        raise Refused("unavailable", "not now")

    with pytest.raises(Refused, match="not now"):
        await archives.obtain(name, fails)
    assert (await read(archives, name, shop))["a"] == b"content 1"
    assert [path.suffix for path in (tmp_path / "archives").iterdir() if path.name != "key"] == [".tgz"]


async def test_what_a_kill_left_half_written_is_removed(tmp_path: Path, clock: ManualClock):
    opened(tmp_path, clock)
    (tmp_path / "archives" / "x-1.new").write_bytes(b"half")
    opened(tmp_path, clock)
    assert [path.name for path in (tmp_path / "archives").iterdir()] == ["key"]


async def test_names_tell_nothing_of_credentials(tmp_path: Path, clock: ManualClock):
    one, two = opened(tmp_path / "one", clock), opened(tmp_path / "two", clock)
    assert one.name(WHO, "chart") != two.name(WHO, "chart")
    assert one.name(WHO, "chart") == opened(tmp_path / "one", clock).name(WHO, "chart")
    assert (tmp_path / "one" / "archives").stat().st_mode & 0o077 == 0
    assert (tmp_path / "one" / "archives" / "key").stat().st_mode & 0o077 == 0


async def test_two_versions_agree_on_the_folders_in_which_they_do_not_differ(tmp_path: Path, clock: ManualClock):
    archives, shop = opened(tmp_path, clock), Shop()
    trees = [
        await archives.tree(await archives.obtain(archives.name(WHO, str(number)), shop), HOW) for number in range(2)
    ]
    roots = [await tree.children("") for tree in trees]
    assert trees[0].root != trees[1].root
    assert roots[0]["b"] == roots[1]["b"]
    assert roots[0]["a"] != roots[1]["a"]


def test_2_26_the_limits_are_settings(tmp_path: Path):
    (tmp_path / "token").write_text(TOKEN)
    given = {
        "ARGOCD_REPO_SERVER_HELM_REGISTRY_MAX_INDEX_SIZE": "1G",
        "ARGOCD_REPO_SERVER_OCI_MANIFEST_MAX_EXTRACTED_SIZE": "10M",
        "ARGOSY_REPO_SERVER_CHART_STORE_SIZE": "20M",
        "ARGOCD_REPO_SERVER_OCI_LAYER_MEDIA_TYPES": "application/x.tar, application/y.tar+gzip",
    }
    charts = settings.read(["--token-file", str(tmp_path / "token")], given).charts
    assert (charts.index_bytes, charts.artifact_bytes, charts.store_bytes) == (10**9, 10**7, 2 * 10**7)
    assert charts.layer_types == ("application/x.tar", "application/y.tar+gzip")
