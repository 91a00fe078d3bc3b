"""3.11: fields that jq leads to. The engine asks, and removes what it is told; it never guesses."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine import normalise
from argosy.engine.model.application import IgnoreDifference
from argosy.engine.normalise import JqDelete, Rules, Unanswered
from argosy.engine.normalise.jq import delete

THING = {"apiVersion": "example.org/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": {"list": [1, 2], "x": 1}}
OTHER = {**THING, "kind": "Other"}
RULES = Rules(
    (
        IgnoreDifference(group="example.org", kind="Thing", jq_path_expressions=(".spec.list[0]", ".spec.list[0]")),
        IgnoreDifference(group="example.org", kind="*", json_pointers=("/spec/x",)),
    )
)
ASKED = JqDelete((".spec.list[0]", ".spec.list[0]"), THING)


def test_3_11_nothing_is_decided_before_jq_was_asked() -> None:
    with pytest.raises(Unanswered) as unanswered:
        normalise.normalise(THING, RULES)
    assert unanswered.value.question == ASKED


def test_3_11_the_questions_are_known_beforehand() -> None:
    assert normalise.questions([THING, OTHER], RULES) == (ASKED,)
    assert normalise.questions([THING, OTHER], RULES.knowing({ASKED.identity: ((), ())})) == ()


def test_3_11_what_the_expressions_lead_to_goes_one_after_the_other() -> None:
    rules = RULES.knowing({ASKED.identity: (((("spec"), "list", 0),), (("spec", "list", 0),))})
    assert normalise.normalise(THING, rules) == {key: THING[key] for key in ("apiVersion", "kind", "metadata")}
    assert normalise.normalise(OTHER, rules)["spec"] == {"list": [1, 2]}


def test_an_answer_is_about_one_content_and_its_expressions() -> None:
    assert JqDelete((".a",), THING).identity == JqDelete((".a",), json.loads(json.dumps(THING))).identity
    assert JqDelete((".a",), THING).identity != JqDelete((".b",), THING).identity
    assert JqDelete((".a",), THING).identity != JqDelete((".a",), OTHER).identity


def test_answers_are_no_part_of_what_the_rules_are() -> None:
    assert RULES.knowing({"x": ()}) == RULES
    assert hash(RULES.knowing({"x": ()})) == hash(RULES)


@pytest.mark.parametrize(
    ("paths", "left"),
    [
        ([("a",)], {"b": [0, 1, 2, 3], "c": {"d": 1}}),
        ([("b", 0), ("b", 1)], {"a": 1, "b": [2, 3], "c": {"d": 1}}),
        ([("b", -1)], {"a": 1, "b": [0, 1, 2], "c": {"d": 1}}),
        ([("b", {"start": 1, "end": None})], {"a": 1, "b": [0], "c": {"d": 1}}),
        ([("b", {"start": None, "end": -1})], {"a": 1, "b": [3], "c": {"d": 1}}),
        ([("b", {"start": 1, "end": 3}, 0)], {"a": 1, "b": [0, 2, 3], "c": {"d": 1}}),
        ([("c", "d")], {"a": 1, "b": [0, 1, 2, 3]}),
        ([("c", "none"), ("none",), ("a", "x"), ("b", "x"), ("b", 9)], {"a": 1, "b": [0, 1, 2, 3], "c": {"d": 1}}),
        ([()], {"a": 1, "b": [0, 1, 2, 3], "c": {"d": 1}}),
    ],
)
def test_paths_are_removed_all_at_once(paths: Any, left: Any) -> None:
    document = {"a": 1, "b": [0, 1, 2, 3], "c": {"d": 1}}
    assert delete(document, paths) == left
    assert document == {"a": 1, "b": [0, 1, 2, 3], "c": {"d": 1}}


steps = st.one_of(st.sampled_from("ab"), st.integers(-3, 3))
documents = st.recursive(
    st.integers(0, 3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=10,
)


@given(document=documents, paths=st.lists(st.lists(steps, max_size=3).map(tuple), max_size=4))
def test_any_paths_can_be_removed_from_anything(document: Any, paths: Any) -> None:
    before = repr(document)
    delete(document, paths)
    assert repr(document) == before
