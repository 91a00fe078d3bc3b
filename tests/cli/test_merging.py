"""What an object would be if another version of its manifest had been applied."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from argosy.cli.offline.merging import merged
from argosy.engine.diff.fields import ABSENT

CASES = {
    "a default stays": ("{a: 1}", "{a: 2}", "{a: 1, default: x}", "{a: 2, default: x}"),
    "what is wanted no more goes": ("{a: 1, b: 1}", "{a: 1}", "{a: 1, b: 1, c: 1}", "{a: 1, c: 1}"),
    "what is new comes": ("{}", "{a: {b: 1}}", "{c: 1}", "{c: 1, a: {b: 1}}"),
    "what is new goes into what is there": ("{}", "{a: {b: 1}}", "{a: {c: 1}}", "{a: {c: 1, b: 1}}"),
    "what both want and is not there is not made up": ("{a: 1, b: 1}", "{a: 1, b: 2}", "{b: 1}", "{b: 2}"),
    "a kind of value may change": ("{a: {b: 1}}", "{a: [1]}", "{a: {b: 1, c: 1}}", "{a: [1]}"),
    "a list without merge keys is replaced": ("{a: [1, 2]}", "{a: [2]}", "{a: [1, 2]}", "{a: [2]}"),
    "an element is found by its merge key": (
        "{containers: [{name: a, image: a:1}]}",
        "{containers: [{name: a, image: a:2}]}",
        "{containers: [{name: sidecar}, {name: a, image: 'a:1', pull: Always}]}",
        "{containers: [{name: sidecar}, {name: a, image: 'a:2', pull: Always}]}",
    ),
    "an element that is wanted no more goes": (
        "{env: [{name: a, value: x}, {name: b, value: y}]}",
        "{env: [{name: b, value: y}]}",
        "{env: [{name: a, value: x}, {name: b, value: y}, {name: theirs}]}",
        "{env: [{name: b, value: y}, {name: theirs}]}",
    ),
    "elements change places": (
        "{env: [{name: a}, {name: b}]}",
        "{env: [{name: b}, {name: a}]}",
        "{env: [{name: a, set: 1}, {name: b}]}",
        "{env: [{name: b}, {name: a, set: 1}]}",
    ),
    "a defaulted merge key is no difference": (
        "{ports: [{containerPort: 80}]}",
        "{ports: [{containerPort: 80, name: http}]}",
        "{ports: [{containerPort: 80, protocol: TCP}]}",
        "{ports: [{containerPort: 80, protocol: TCP, name: http}]}",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_differs_is_carried_over(name):
    base, wanted, current, expected = (yaml.safe_load(text) for text in CASES[name])
    assert merged(base, wanted, current) == expected


NAMES = st.sampled_from(["a", "b", "env", "ports", "name"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
OBJECTS = st.dictionaries(NAMES, JSON, max_size=4)


@given(OBJECTS, OBJECTS)
def test_the_same_manifest_changes_nothing(manifest, current):
    assert merged(manifest, manifest, current) == current


@given(OBJECTS, OBJECTS)
def test_what_is_as_the_one_manifest_says_becomes_as_the_other_says(base, wanted):
    assert merged(base, wanted, base) == wanted


@given(OBJECTS, OBJECTS, OBJECTS)
def test_doing_it_again_changes_nothing(base, wanted, current):
    once = merged(base, wanted, current)
    assert merged(wanted, wanted, once) == once


@given(OBJECTS)
def test_without_anything_before_all_that_is_wanted_is_there(wanted):
    assert merged(ABSENT, wanted, {}) == wanted
