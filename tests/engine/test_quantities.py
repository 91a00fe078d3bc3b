"""Quantities and durations in the form that Kubernetes writes them in."""

import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine import quantities


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("0", "0"),
        ("1", "1"),
        ("0.1", "100m"),
        ("100m", "100m"),
        ("1000m", "1"),
        ("1500m", "1500m"),
        ("1.5", "1500m"),
        ("1000", "1k"),
        ("1024", "1024"),
        ("1e3", "1e3"),
        ("1E3", "1e3"),
        ("1.5e3", "1500"),
        ("12E", "12E"),
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("0.5Ki", "512"),
        ("0.5Mi", "512Ki"),
        ("1024Ki", "1Mi"),
        ("-1", "-1"),
        ("-0.1", "-100m"),
        ("+1", "1"),
        (".5", "500m"),
        ("1.", "1"),
        ("0.0000000001", "1n"),
        ("100000000", "100M"),
        ("0Gi", "0"),
    ],
)
def test_a_quantity_is_written_as_kubernetes_writes_it(written: str, canonical: str) -> None:
    assert quantities.quantity(written) == canonical


@pytest.mark.parametrize("text", ["", "x", "1x", "1 ", "1Kii", "--1", "1e", "1e999", ".", "1,5", "9" * 70, "9" * 5000])
def test_what_is_no_quantity_is_none(text: str) -> None:
    assert quantities.quantity(text) is None


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("90s", "1m30s"),
        ("60m", "1h0m0s"),
        ("1.5s", "1.5s"),
        ("1h", "1h0m0s"),
        ("0", "0s"),
        ("0s", "0s"),
        ("100ms", "100ms"),
        ("1500ms", "1.5s"),
        ("1us", "1µs"),
        ("1.5us", "1.5µs"),
        ("7ns", "7ns"),
        ("-90s", "-1m30s"),
        ("1h2m3.004s", "1h2m3.004s"),
        ("0.5h", "30m0s"),
    ],
)
def test_a_duration_is_written_as_go_writes_it(written: str, canonical: str) -> None:
    assert quantities.duration(written) == canonical


@pytest.mark.parametrize("text", ["", "x", "1", "1d", "1s ", "s", "1h-1m"])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert quantities.duration(text) is None


@given(st.from_regex(r"[+-]?[0-9]{1,9}(\.[0-9]{0,6})?(n|u|m|k|M|G|Ki|Mi|Gi|e[0-9])?", fullmatch=True))
def test_a_canonical_quantity_stays_as_it_is(text: str) -> None:
    once = quantities.quantity(text)
    assert once is not None
    assert quantities.quantity(once) == once


@given(st.integers(-(10**15), 10**15))
def test_a_canonical_duration_stays_as_it_is(nanoseconds: int) -> None:
    once = quantities.duration(f"{nanoseconds}ns")
    assert once is not None
    assert quantities.duration(once) == once


@pytest.mark.parametrize("read", [quantities.quantity, quantities.value, quantities.duration])
def test_a_text_that_is_too_long_to_be_anything_is_not_kept(read: Callable[[str], object]) -> None:
    text = "1" * 1_000_000 + "s"
    before = sys.getrefcount(text)
    assert read(text) is None
    assert sys.getrefcount(text) == before
