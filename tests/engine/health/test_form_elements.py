"""What the form says of the elements of a list, and of the values of an object that is used as one."""

from typing import Any

import pytest

from argosy.engine.health.form import Some, condition, elements, is_

READY = Some("status.members", is_("state", "ready"))


@pytest.mark.parametrize(
    ("members", "holds"),
    [
        ([{"state": "starting"}, {"state": "ready"}], True),
        ({"rs0": {"state": "starting"}, "rs1": {"state": "ready"}}, True),
        ({"rs0": {"state": "starting"}}, False),
        ([], False),
        ({}, False),
        (["ready", 7, None], False),
        ("ready", False),
        (None, False),
    ],
)
def test_one_of_many_passes(members: Any, holds: bool) -> None:
    assert READY.holds({"status": {"members": members}}) is holds


def test_what_is_no_object_is_no_element() -> None:
    assert elements({"a": [1, {"b": 2}, None]}, "a") == [{"b": 2}]
    assert elements({"a": {"x": {"b": 2}, "y": "z"}}, "a") == [{"b": 2}]


def test_what_is_no_object_is_no_condition() -> None:
    ready = {"type": "Ready", "status": "True"}
    assert condition({"status": {"conditions": ["Ready", ready]}}, "Ready") == ready
    assert condition({"status": {"conditions": ready}}, "Ready") == {}
