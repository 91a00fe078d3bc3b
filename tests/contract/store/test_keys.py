"""The key file: made once, for its owner alone, and never shown."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from argosy.gateways.store import keys
from argosy.gateways.store.errors import Unusable


def test_a_ring_is_made_on_first_use_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "state" / "keys.json"
    ring = keys.load_or_create(path)
    assert keys.load_or_create(path) == ring
    assert keys.load(path) == ring
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["keys.json"]


def test_rings_differ() -> None:
    assert keys.generate() != keys.generate()


def test_all_who_start_at_once_get_the_same_ring(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        rings = list(threads.map(keys.load_or_create, [tmp_path / "keys.json"] * 32))
    assert all(each == rings[0] for each in rings)
    assert [each.name for each in tmp_path.iterdir()] == ["keys.json"]


def test_a_ring_does_not_show_its_keys() -> None:
    ring = keys.generate()
    assert repr(ring) == "KeyRing()"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys.json"
    keys.load_or_create(path)
    path.chmod(mode)
    with pytest.raises(Unusable, match=f"chmod 600 {path}"):
        keys.load_or_create(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"keys\.json cannot be read"):
        keys.load(tmp_path / "keys.json")


CANARY = "a2V5LWNhbmFyeS1rZXktY2FuYXJ5LWtleS1jYW5hcnk="


@pytest.mark.parametrize(
    "content",
    [
        "",
        CANARY,
        json.dumps({"version": 1, "naming": CANARY, "sealing": ["short"]}),
        json.dumps({"version": 1, "naming": CANARY + "!", "sealing": [CANARY]}),
        json.dumps({"version": 1, "naming": CANARY, "sealing": CANARY}),
        json.dumps({"version": 1, "naming": CANARY, "sealing": [CANARY], CANARY: 1}),
        json.dumps({"version": 2, "naming": CANARY, "sealing": [CANARY]}),
        json.dumps({"version": 1, "naming": CANARY, "sealing": []}),
        json.dumps({"version": 1, "sealing": [CANARY]}),
    ],
)
def test_a_malformed_file_is_refused_without_being_shown(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(Unusable, match=r"keys\.json") as refused:
        keys.load(path)
    assert CANARY[:8] not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_rotating_puts_a_fresh_key_first_and_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    before = keys.load_or_create(path)
    after = keys.rotate(path)
    assert after.naming == before.naming
    assert after.sealing[1:] == before.sealing
    assert after.sealing[0] not in before.sealing
    assert keys.load(path) == after
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["keys.json"]
