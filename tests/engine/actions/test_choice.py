"""Which actions a kind has: built in, users', or both (5.26)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from argosy.engine.actions import choice
from argosy.engine.actions.choice import Unknown
from argosy.engine.actions.defined import Actions, BadAnswer, Definition, LuaAction, Result
from argosy.engine.actions.form import Asked

DEPLOYMENT: dict[str, Any] = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
THEIRS = Actions("apps/Deployment", "return {}", (Definition("stop", "return obj"), Definition("pause", "return nil")))
BOTH = Actions(THEIRS.kinds, THEIRS.discovery, THEIRS.definitions, merged=True)
ANSWER = {"stop": {}, "pause": {"displayName": "Ours"}}


def asked(**parameters: str) -> Asked:
    return Asked(DEPLOYMENT, parameters, datetime(2026, 1, 1, tzinfo=UTC), "abcde")


def names(known: list[Actions], answer: Any = None) -> list[str]:
    return [each.name for each in choice.offered(DEPLOYMENT, known, answer)]


def test_5_26_without_settings_there_is_what_is_built_in() -> None:
    assert choice.discovery(DEPLOYMENT, []) is None
    assert names([]) == ["pause", "restart", "resume", "scale"]
    found = choice.running("pause", asked(), [])
    assert found == (Result("patch", {**DEPLOYMENT, "spec": {"paused": True}}),)


def test_5_26_what_users_write_hides_it() -> None:
    assert isinstance(choice.discovery(DEPLOYMENT, [THEIRS]), LuaAction)
    assert names([THEIRS], ANSWER) == ["pause", "stop"]
    assert choice.running("restart", asked(), [THEIRS]) == Unknown("restart", ("pause", "stop"))


def test_5_26_unless_both_are_wanted_and_then_theirs_counts() -> None:
    assert names([BOTH], ANSWER) == ["pause", "restart", "resume", "scale", "stop"]
    shown = {each.name: each.display_name for each in choice.offered(DEPLOYMENT, [BOTH], ANSWER)}
    assert shown["pause"] == "Ours"
    assert isinstance(choice.running("pause", asked(), [BOTH]), LuaAction)
    assert isinstance(choice.running("restart", asked(), [BOTH]), tuple)
    assert choice.running("explode", asked(), [BOTH]) == Unknown(
        "explode", ("pause", "restart", "resume", "scale", "stop")
    )


def test_5_24_parameters_reach_the_script() -> None:
    found = choice.running("stop", asked(by="2"), [THEIRS])
    assert isinstance(found, LuaAction)
    assert (found.text, found.parameters) == ("return obj", {"by": "2"})


def test_5_24_an_answer_that_is_none_is_said() -> None:
    with pytest.raises(BadAnswer):
        choice.offered(DEPLOYMENT, [THEIRS], "nothing")
