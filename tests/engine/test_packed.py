"""Manifests at rest come back as they were, as far as JSON and the API server can tell."""

from hypothesis import given
from hypothesis import strategies as st

from argosy.engine.packed import pack, pack_all

LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text()
VALUES = st.recursive(LEAVES, lambda below: st.lists(below) | st.dictionaries(st.text(), below), max_leaves=8)


@given(st.dictionaries(st.text(), VALUES))
def test_a_manifest_comes_back_as_it_was(manifest: dict[str, object]) -> None:
    assert pack(manifest).manifest() == manifest
    assert list(pack_all([manifest]).manifests()) == [manifest]


def test_a_number_of_more_than_64_bits_is_as_the_api_server_has_it() -> None:
    assert pack({"spec": {"most": 10**20}}).manifest() == {"spec": {"most": 1e20}}
    assert list(pack_all([{"spec": {"least": -(10**20)}}]).manifests()) == [{"spec": {"least": -1e20}}]
