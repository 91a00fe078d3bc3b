"""Merge patches: what is found leads where it should, and nothing is edited."""

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from argosy.engine.actions import merge

LEAVES = st.booleans() | st.integers(-3, 3) | st.sampled_from(["a", "b", ""])
KEYS = st.sampled_from(["a", "b", "c", "d"])
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=4)


@given(OBJECTS, OBJECTS)
def test_the_difference_leads_from_one_object_to_the_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    first, second = copy.deepcopy(before), copy.deepcopy(after)
    found = merge.merged(before, merge.difference(before, after))
    assert text(found) == text(after)
    assert (before, after) == (first, second)


def text(value: Any) -> str:
    """Return a value as text, which tells 1 from true, as `==` does not."""
    return json.dumps(value, sort_keys=True)


@given(OBJECTS)
def test_nothing_leads_to_itself(before: dict[str, Any]) -> None:
    assert merge.difference(before, before) == {}


def test_what_is_gone_is_null_and_lists_are_whole() -> None:
    before = {"a": {"b": 1, "c": [1, 2]}, "d": 1}
    assert merge.difference(before, {"a": {"c": [1]}}) == {"a": {"b": None, "c": [1]}, "d": None}


def test_a_null_is_as_good_as_nothing() -> None:
    assert merge.difference({"a": None}, {}) == {}
    assert merge.difference({}, {"a": None}) == {}
    assert merge.difference({"a": 1}, {"a": None}) == {"a": None}
