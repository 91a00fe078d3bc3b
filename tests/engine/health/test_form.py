"""The form of the families: paths, tests, messages, and the first rule that holds."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine.health import form
from argosy.engine.health.form import (
    Behind,
    Condition,
    Fewer,
    Some,
    at,
    condition,
    degraded,
    either,
    elements,
    every,
    filled,
    first_of,
    first_text,
    has,
    healthy,
    is_,
    lacks,
    not_,
    otherwise,
    true,
)

OBJECT: dict[str, Any] = {
    "kind": "Example",
    "metadata": {"generation": 3, "annotations": {"example.org/paused": "true"}},
    "spec": {"replicas": 0, "paused": False},
    "status": {
        "observedGeneration": 2,
        "conditions": [
            {"type": "Ready", "status": "True", "reason": "Fine", "message": "all {is} well"},
            {"type": "example.org/odd", "status": "False", "message": ""},
        ],
        "parts": [{"name": "one", "size": 1}, {"name": "two", "size": 2}, "three"],
    },
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("kind", "Example"),
        ("spec.replicas", 0),
        ("metadata.annotations[example.org/paused]", "true"),
        ("conditions[Ready].reason", "Fine"),
        ("status.conditions[Ready].reason", "Fine"),
        ("conditions[example.org/odd].status", "False"),
        ("status.parts[two].size", 2),
        ("status.parts[0].name", "one"),
        ("status.parts[9].name", None),
        ("status.parts[2].name", None),
        ("conditions[Absent].reason", None),
        ("spec.replicas.more", None),
        ("absent.path", None),
    ],
)
def test_a_path_leads_to_a_value_or_to_nothing(path: str, found: Any) -> None:
    assert at(OBJECT, path) == found


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.sampled_from("abc"), values, max_size=3),
)


@given(value=json_values, path=st.lists(st.sampled_from(("a", "b", "[c]", "[0]", "[a.b]")), min_size=1).map(".".join))
def test_no_value_is_too_odd_for_a_path(value: Any, path: str) -> None:
    at(value, path)


@pytest.mark.parametrize(
    ("test", "holds"),
    [
        (is_("kind", "Other", "Example"), True),
        (is_("kind", "Other"), False),
        (is_("absent", None), True),
        (is_("spec.replicas", 0), True),
        (is_("spec.replicas", False), False),
        (is_("spec.paused", 0), False),
        (has("spec.replicas"), True),
        (has("spec.paused"), True),
        (has("conditions[example.org/odd].message"), False),
        (lacks("absent"), True),
        (true("Ready"), True),
        (true("Ready", "Fine", "Good"), True),
        (true("Ready", "Good"), False),
        (true("Absent"), False),
        (Condition("example.org/odd", "False"), True),
        (Behind(), True),
        (Behind("metadata.generation"), False),
        (Behind("absent"), False),
        (Fewer("spec.replicas", "status.observedGeneration"), True),
        (Fewer("absent", "spec.replicas"), False),
        (every(has("kind"), has("spec")), True),
        (every(has("kind"), has("absent")), False),
        (either(has("absent"), has("kind")), True),
        (either(), False),
        (not_(has("kind")), False),
        (Some("status.parts", is_("size", 2)), True),
        (Some("status.parts", is_("size", 3)), False),
        (Some("absent", every()), False),
    ],
)
def test_a_test_holds_or_does_not(test: form.Test, holds: bool) -> None:
    assert test.holds(OBJECT) is holds


@pytest.mark.parametrize(
    ("members", "holds"),
    [
        ({"rs0": {"state": "starting"}, "rs1": {"state": "ready"}}, True),
        ({"rs0": {"state": "starting"}}, False),
        ({}, False),
        (["ready", 7, None], False),
        ("ready", False),
    ],
)
def test_the_values_of_an_object_are_elements_too(members: Any, holds: bool) -> None:
    assert Some("members", is_("state", "ready")).holds({"members": members}) is holds


def test_what_is_no_object_is_no_element() -> None:
    assert elements({"a": [1, {"b": 2}, None]}, "a") == [{"b": 2}]
    assert elements({"a": {"x": {"b": 2}, "y": "z"}}, "a") == [{"b": 2}]
    assert condition({"status": {"conditions": ["Ready", {"type": "Ready", "status": "True"}]}}, "Ready") == {
        "type": "Ready",
        "status": "True",
    }
    assert condition({"status": {"conditions": {"type": "Ready"}}}, "Ready") == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{kind} waits", "Example waits"),
        ("{conditions[Ready].message}", "all {is} well"),
        ("{absent}", ""),
        ("{absent|Nothing yet}", "Nothing yet"),
        ("{conditions[example.org/odd].message|Nothing yet}", "Nothing yet"),
        ("{spec.replicas|1} of {status.observedGeneration}", "0 of 2"),
    ],
)
def test_a_message_is_filled(text: str, words: str) -> None:
    assert filled(text, OBJECT) == words


def test_the_first_rule_that_holds_decides() -> None:
    check = first_of(
        degraded(is_("kind", "Other"), "never"),
        healthy(true("Ready"), lambda manifest: manifest["kind"].lower()),
        otherwise("Progressing", "too late"),
    )
    assert check(OBJECT) == ("Healthy", "example")
    assert check({}) == ("Progressing", "too late")


def test_the_first_text_of_which_something_is_left_is_the_message() -> None:
    assert first_text("{absent}", "{kind} waits", "never")(OBJECT) == "Example waits"
    assert first_text("{absent}")(OBJECT) == ""
