"""The order of versions, as Semantic Versioning 2.0 has it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine import versions

# The example of section 11 of the specification, and what is read leniently.
RISING = [
    "latest", "main", "0.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
    "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "v1.0.1", "1.2", "1.10.0", "2",
]  # fmt: skip


def test_newest_first():
    shuffled = random.Random(7).sample(RISING, len(RISING))
    assert versions.newest_first(shuffled) == RISING[::-1]


@pytest.mark.parametrize("text", ["1", "1.2", "v1.2.3", "1.2.3-rc.1+build.5", "0.0.0"])
def test_a_version(text: str):
    assert versions.is_version(text)


@pytest.mark.parametrize("text", ["", "latest", "1.2.3.4", "1.2.3-", "1.2.3+", "1.2.3_4", "^1", "1.2.3\n", "9" * 100])
def test_no_version(text: str):
    assert not versions.is_version(text)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("v1.31.2-eks-7f9249a", "1.31.2"),
        ("v1.30.5-gke.1014001", "1.30.5"),
        ("v1.28.3+k3s1", "1.28.3"),
        ("1.28+", "1.28"),
        ("1.31.2", "1.31.2"),
        (" v1.31.0-rc.1", "1.31.0"),
        ("latest", "latest"),
        ("v1", "v1"),
        ("1.99999999999", "1.99999999999"),
        ("", ""),
    ],
)
def test_2_22_a_version_of_kubernetes_is_its_numbers(text: str, numbers: str):
    assert versions.plain(text) == numbers


@given(st.lists(st.text(max_size=20)))
def test_any_texts_can_be_ordered(texts: list[str]):
    assert sorted(versions.newest_first(texts)) == sorted(texts)
