"""What is kept in memory is bounded in number and weight, the longest unused first."""

from collections.abc import Sequence

import pytest

from repo_server.recent import Recent, RecentBytes


def kept(recent: Recent[str, str], keys: Sequence[str]) -> str:
    return "".join(key for key in keys if recent.get(key) is not None)


@pytest.mark.parametrize(
    ("used", "left"),
    [("abc", "bc"), ("aba", "ab"), ("abac", "ac"), ("aaaa", "a"), ("", "")],
)
def test_at_most_so_many(used: str, left: str):
    recent: Recent[str, str] = Recent(most=2)
    for key in used:
        assert recent.of(key, lambda key=key: key) == key
    assert kept(recent, "abc") == left


@pytest.mark.parametrize(
    ("values", "left"),
    [
        (["a" * 4, "b" * 4], "ab"),
        (["a" * 4, "b" * 7], "b"),
        (["a" * 4, "b" * 3, "c" * 4], "bc"),
        (["a" * 99], "a"),
        (["a" * 99, "b"], "b"),
    ],
)
def test_at_most_so_heavy_but_for_the_last(values: Sequence[str], left: str):
    recent: Recent[str, str] = Recent(most=10, weigh=len, heaviest=10)
    for value in values:
        recent.put(value[0], value)
    assert kept(recent, "abc") == left


def test_what_became_heavy_goes_too():
    recent: Recent[str, list[int]] = Recent(most=10, weigh=len, heaviest=10)
    first = recent.put("first", [])
    recent.put("second", [])
    first += range(100)
    recent.put("third", [])
    assert recent.get("first") is None
    assert recent.get("second") == []


def test_what_is_dropped_is_gone():
    recent: Recent[str, str] = Recent(most=10)
    recent.put("a", "a")
    recent.drop("a")
    recent.drop("never")
    assert recent.get("a") is None


def test_as_many_bytes_as_fit_are_kept_and_the_longest_unused_go() -> None:
    recent: RecentBytes[str, str] = RecentBytes(10)
    for key in "abc":
        recent.put(key, key, size=4)
    assert [recent.get(key) for key in "abc"] == [None, "b", "c"]
    recent.get("b")
    recent.put("d", "d", size=4)
    assert [recent.get(key) for key in "bcd"] == ["b", None, "d"]
    recent.put("b", "again")
    recent.put("big", "big", size=11)
    assert [recent.get(key) for key in ("b", "d", "big")] == [None, None, None]
