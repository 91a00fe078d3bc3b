"""Actions that users define in Lua: what their scripts' answers mean (5.24 to 5.26), without a worker."""

from typing import Any

import pytest

from argosy.engine.actions import defined
from argosy.engine.actions.defined import Actions, BadAnswer, Definition, LuaAction, Offered, Parameter, Result
from argosy.engine.model.resource import GroupKind

THING = {
    "apiVersion": "example.org/v1",
    "kind": "Thing",
    "metadata": {"name": "a", "namespace": "n"},
    "spec": {"empty": {}, "none": [], "list": [{"map": {}}], "count": 1},
}
AS_LUA_GIVES_IT = {**THING, "spec": {"empty": [], "none": [], "list": [{"map": []}], "count": 1.0}}
ACTIONS = Actions("example.org/*", "return {}", (Definition("pause", "return obj"),), open_libraries=True)


def test_5_24_discovery_and_execution_are_questions() -> None:
    assert defined.discovery(THING, ACTIONS) == LuaAction("return {}", THING, {}, True)
    assert defined.discovery(THING, Actions("example.org/*")) is None
    assert defined.execution(THING, ACTIONS, "pause", {"a": "1"}) == LuaAction("return obj", THING, {"a": "1"}, True)
    assert defined.execution(THING, ACTIONS, "unheard", {}) is None


def test_an_exact_kind_goes_before_the_longest_glob() -> None:
    exact, wide = Actions("example.org/Thing"), Actions("*")
    kind = GroupKind("example.org", "Thing")
    assert defined.actions_for(kind, [wide, ACTIONS, exact]) is exact
    assert defined.actions_for(kind, [wide, ACTIONS]) is ACTIONS
    assert defined.actions_for(GroupKind("", "Pod"), [ACTIONS, exact]) is None


def test_5_24_a_discovery_script_returns_actions_by_name() -> None:
    answer = {
        "scale": {"displayName": "Scale", "iconClass": "fa", "params": [{"name": "replicas", "default": 3}]},
        "pause": {"disabled": True},
        "go": [],
    }
    assert defined.offered(answer) == (
        Offered("go"),
        Offered("pause", True),
        Offered("scale", False, "fa", "Scale", (Parameter("replicas", "3"),)),
    )


@pytest.mark.parametrize("nothing", [None, []])
def test_5_24_no_actions_are_none(nothing: Any) -> None:
    assert defined.offered(nothing) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        "x",
        [1],
        {"a": 1},
        {"a": {"disabled": "yes"}},
        {"a": {"iconClass": 1}},
        {"a": {"params": {"a": 1}}},
        {"a": {"params": [{}]}},
        {"a": {"params": ["x"]}},
    ],
)
def test_5_24_what_is_no_list_of_actions_is_said(wrong: Any) -> None:
    with pytest.raises(BadAnswer):
        defined.offered(wrong)


def test_5_25_an_object_that_comes_back_is_patched_and_its_empty_maps_are_maps() -> None:
    (result,) = defined.results(AS_LUA_GIVES_IT, THING)
    assert result == Result("patch", THING)
    assert isinstance(result.object["spec"]["count"], int)


def test_5_25_a_list_says_what_is_patched_and_created() -> None:
    made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}
    answer = [{"operation": "create", "resource": made}, {"operation": "patch", "resource": AS_LUA_GIVES_IT}]
    assert defined.results(answer, THING) == (Result("create", made), Result("patch", THING))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (None, "neither an object nor a list"),
        ([], "neither an object nor a list"),
        ("x", "neither an object nor a list"),
        ([1], "neither an object nor a list"),
        ([{"operation": "patch"}], "neither an object nor a list"),
        ([{"operation": "delete", "resource": THING}], "may only patch or create"),
        ([{"resource": THING}], "may only patch or create"),
        ({**THING, "kind": "Other"}, "may patch example.org/Thing:n/a only"),
        ({**THING, "metadata": {"name": "b", "namespace": "n"}}, "may patch example.org/Thing:n/a only"),
    ],
)
def test_5_25_anything_else_is_refused(wrong: Any, said: str) -> None:
    with pytest.raises(BadAnswer, match=said):
        defined.results(wrong, THING)
