"""Bytes on disk: sealed, verified, bounded, and there again after a restart."""

import asyncio
import os
import secrets
from pathlib import Path

import pytest

from repo_server.cache.shelf import Shelf

CANARY = b"a value of a Secret that nobody may read"


def _shelf(folder: Path, *, secret: bytes = b"secret", limit: int = 1_000_000) -> Shelf:
    shelf = Shelf(folder, secret=secret, limit=limit)
    shelf.open()
    return shelf


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.stat().st_size)


async def _with(folder: Path, **contents: bytes) -> dict[str, bytes]:
    shelf = _shelf(folder)
    names = {key: shelf.name(key.encode()) for key in contents}
    for key, content in contents.items():
        shelf.put(names[key], content)
        await shelf.settle()
    await shelf.close()
    return names


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_what_was_put_is_there_at_once_and_after_a_restart(tmp_path: Path):
    shelf = _shelf(tmp_path)
    name = shelf.name(b"question")
    shelf.put(name, CANARY)
    assert shelf.get(name) == CANARY
    await shelf.close()
    again = _shelf(tmp_path)
    assert again.name(b"question") == name
    assert again.get(name) == CANARY


async def test_what_comes_together_is_written_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    writes: list[int] = []
    write = os.pwrite

    def counted(descriptor: int, content: memoryview, position: int) -> int:
        writes.append(len(content))
        return write(descriptor, content, position)

    monkeypatch.setattr(os, "pwrite", counted)
    shelf = _shelf(tmp_path)
    for number in range(100):
        shelf.put(shelf.name(bytes([number])), CANARY)
        await asyncio.sleep(0)
    await shelf.close()
    assert len(writes) == 1


async def test_the_last_that_was_put_counts_after_a_restart_too(tmp_path: Path):
    shelf = _shelf(tmp_path)
    name = shelf.name(b"question")
    for content in (b"first", b"second"):
        shelf.put(name, content)
        await shelf.settle()
        assert shelf.get(name) == content
    await shelf.close()
    assert _shelf(tmp_path).get(name) == b"second"


async def test_nothing_on_disk_can_be_read_without_the_secret(tmp_path: Path):
    names = await _with(tmp_path, question=CANARY)
    for file in _files(tmp_path):
        assert CANARY not in file.read_bytes()
        assert b"question" not in file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0
    other = _shelf(tmp_path, secret=b"another")
    assert other.name(b"question") != names["question"]
    assert other.get(names["question"]) is None


@pytest.mark.parametrize("cut", [0, 1, 19, 20, 40, -1])
async def test_what_was_cut_off_is_passed_over_and_what_comes_later_is_not(tmp_path: Path, cut: int):
    names = await _with(tmp_path, question=CANARY)
    (file,) = _files(tmp_path)
    os.truncate(file, cut % (file.stat().st_size))
    shelf = _shelf(tmp_path)
    assert shelf.get(names["question"]) is None
    shelf.put(names["question"], b"again")
    await shelf.close()
    assert _shelf(tmp_path).get(names["question"]) == b"again"


@pytest.mark.parametrize("position", [0, 3, 4, 19, 20, 31, 32, 50, -1])
async def test_a_single_bit_that_was_changed_makes_it_unreadable(tmp_path: Path, position: int):
    names = await _with(tmp_path, question=CANARY)
    (file,) = _files(tmp_path)
    content = bytearray(file.read_bytes())
    content[position] ^= 1
    file.write_bytes(content)
    assert _shelf(tmp_path).get(names["question"]) is None


async def test_what_was_put_under_the_name_of_another_does_not_open(tmp_path: Path):
    names = await _with(tmp_path, one=b"the first", two=b"the other")
    (file,) = _files(tmp_path)
    swapped = file.read_bytes().replace(names["one"], b"x" * 16).replace(names["two"], names["one"])
    file.write_bytes(swapped.replace(b"x" * 16, names["two"]))
    shelf = _shelf(tmp_path)
    assert shelf.get(names["one"]) is None
    assert shelf.get(names["two"]) is None


async def test_it_never_takes_more_than_its_limit_and_keeps_what_is_asked_for(tmp_path: Path):
    shelf = _shelf(tmp_path, limit=100_000)
    names = [shelf.name(bytes([number])) for number in range(200)]
    for name in names:
        shelf.put(name, secrets.token_bytes(1_000))
        await shelf.settle()
        assert shelf.get(names[0]) is not None
        await shelf.settle()
        assert sum(file.stat().st_size for file in _files(tmp_path)) <= 110_000
    assert shelf.get(names[1]) is None
    assert shelf.get(names[-1]) is not None
    await shelf.close()
    again = _shelf(tmp_path, limit=100_000)
    assert again.get(names[0]) is not None
    assert again.get(names[1]) is None


async def test_a_smaller_limit_counts_from_the_next_start(tmp_path: Path):
    await _with(tmp_path, **{f"n{number}": secrets.token_bytes(10_000) for number in range(20)})
    shelf = _shelf(tmp_path, limit=50_000)
    assert sum(file.stat().st_size for file in _files(tmp_path)) <= 50_000
    await shelf.close()


async def test_descriptors_do_not_pile_up(tmp_path: Path):
    before = _descriptors()
    for number in range(40):
        await _with(tmp_path, **{f"n{number}": CANARY})
    assert _descriptors() == before


async def test_a_disk_that_takes_nothing_costs_only_the_memory_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    shelf = _shelf(tmp_path)
    monkeypatch.setattr(os, "pwrite", full)
    name = shelf.name(b"question")
    shelf.put(name, CANARY)
    await shelf.settle()
    assert shelf.get(name) is None
