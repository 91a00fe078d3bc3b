"""Bytes on disk: sealed, verified, bounded, and there again after a restart."""

import secrets
from datetime import UTC, datetime
from pathlib import Path

import pytest

from argosy.gateways.clock import ManualClock
from repo_server.cache.shelf import Shelf

CANARY = b"a value of a Secret that nobody may read"


def _shelf(folder: Path, *, secret: bytes = b"secret", limit: int = 100_000) -> Shelf:
    shelf = Shelf(folder, secret=secret, limit=limit, clock=ManualClock(datetime(2026, 1, 2, tzinfo=UTC)))
    shelf.open()
    return shelf


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


async def _with(folder: Path, **contents: bytes) -> dict[str, str]:
    shelf = _shelf(folder)
    names = {key: shelf.name(key.encode()) for key in contents}
    for key, content in contents.items():
        shelf.put(names[key], content)
    await shelf.close()
    return names


async def test_what_was_put_is_there_at_once_and_after_a_restart(tmp_path: Path):
    shelf = _shelf(tmp_path)
    name = shelf.name(b"question")
    shelf.put(name, CANARY)
    assert shelf.get(name) == CANARY
    await shelf.close()
    again = _shelf(tmp_path)
    assert again.name(b"question") == name
    assert again.get(name) == CANARY


async def test_nothing_on_disk_can_be_read_without_the_secret(tmp_path: Path):
    names = await _with(tmp_path, question=CANARY)
    for file in _files(tmp_path):
        assert CANARY not in file.read_bytes()
        assert b"question" not in file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0
    other = _shelf(tmp_path, secret=b"another")
    assert other.name(b"question") != names["question"]
    assert other.get(names["question"]) is None


@pytest.mark.parametrize("cut", [0, 1, 20, -1])
async def test_what_was_cut_off_is_dropped(tmp_path: Path, cut: int):
    names = await _with(tmp_path, question=CANARY)
    (file,) = _files(tmp_path)
    file.write_bytes(file.read_bytes()[:cut])
    shelf = _shelf(tmp_path)
    assert shelf.get(names["question"]) is None
    assert _files(tmp_path) == []


async def test_what_was_changed_or_put_under_another_name_is_dropped(tmp_path: Path):
    names = await _with(tmp_path, one=b"one", two=b"two")
    one, two = (tmp_path / names[key][:2] / names[key] for key in ("one", "two"))
    one.write_bytes(two.read_bytes())
    content = bytearray(two.read_bytes())
    content[20] ^= 1
    two.write_bytes(content)
    shelf = _shelf(tmp_path)
    assert shelf.get(names["one"]) is None
    assert shelf.get(names["two"]) is None


async def test_the_longest_unused_makes_room(tmp_path: Path):
    shelf = _shelf(tmp_path, limit=5_000)
    names = [shelf.name(bytes([number])) for number in range(10)]
    for name in names:
        shelf.put(name, secrets.token_bytes(1_000))
        await shelf.close()
        shelf.get(names[0])
    assert shelf.get(names[0]) is not None
    assert shelf.get(names[1]) is None
    assert sum(file.stat().st_size for file in _files(tmp_path)) <= 5_000


async def test_what_a_killed_process_left_half_written_goes(tmp_path: Path):
    names = await _with(tmp_path, question=CANARY)
    (file,) = _files(tmp_path)
    file.with_suffix(".new").write_bytes(b"half")
    shelf = _shelf(tmp_path)
    assert _files(tmp_path) == [file]
    assert shelf.get(names["question"]) == CANARY


async def test_a_disk_that_takes_nothing_costs_only_the_memory_of_it(tmp_path: Path):
    shelf = _shelf(tmp_path)
    name = shelf.name(b"question")
    (tmp_path / name[:2]).write_bytes(b"no folder")
    shelf.put(name, CANARY)
    await shelf.close()
    assert shelf.get(name) is None
