"""Built-in actions against example cases made by others, where they are at hand: object in, offers and results out.

Of a result a case says what has to be in it: the tests that the cases come from pass over what a result has besides,
except in lists. A field that is null is one that is not there.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from argosy.engine.actions import built_in
from argosy.engine.actions.form import Asked, CannotRun

_CASES = Path(__file__).resolve().parents[4] / "shared" / "cases"
_RUN = sorted((_CASES / "actions").rglob("*.yaml"))
_OFFERED = sorted((_CASES / "actions-offered").rglob("*.yaml"))
_NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not _RUN, reason="the example cases are not beside this checkout")


def read(path: Path) -> Any:
    return yaml.load(path.read_text(), Loader=yaml.CSafeLoader)


@pytest.mark.parametrize("path", _OFFERED, ids=lambda path: str(path.relative_to(_CASES).with_suffix("")))
def test_5_28_an_object_is_offered_what_others_offer(path: Path) -> None:
    case = read(path)
    found = {each.name: each for each in built_in.offered(case["object"])}
    expected = {each["name"]: each for each in case["expect"]["actions"]}
    assert sorted(found) == sorted(expected)
    for name, each in expected.items():
        have = found[name]
        assert have.disabled == each["disabled"], name
        assert have.icon_class == each.get("iconClass", have.icon_class)
        assert have.display_name == each.get("displayName", have.display_name)
        parameters = [
            {"name": part.name, **({"default": part.default} if part.default else {})} for part in have.parameters
        ]
        assert parameters == each.get("params", [])


@pytest.mark.parametrize("path", _RUN, ids=lambda path: str(path.relative_to(_CASES).with_suffix("")))
def test_5_28_an_action_does_what_it_does_elsewhere(path: Path) -> None:
    case = read(path)
    asked = Asked(case["object"], case.get("parameters") or {}, _NOW, "abcde")
    expect = case["expect"]
    if "error" in expect:
        with pytest.raises(CannotRun) as caught:
            built_in.run(case["action"], asked)
        assert str(caught.value) == expect["error"]
        return
    results = built_in.run(case["action"], asked)
    assert results is not None
    if "contains" in expect:
        assert_within(expect["contains"], results[0].object)
        return
    assert [each.operation for each in results] == [each["operation"] for each in expect["results"]]
    for have, wanted in zip(results, expect["results"], strict=True):
        ignored = [pointer.removeprefix("/").split("/") for pointer in expect["ignore"]]
        assert_within(without(known(wanted["object"]), ignored), without(have.object, ignored))


def known(manifest: dict[str, Any]) -> dict[str, Any]:
    """Put the finalizers of a Workflow where the API of workflows has them; the case has them beside the metadata."""
    if manifest["kind"] == "Workflow" and "finalizers" in manifest:
        metadata = {**manifest["metadata"], "finalizers": manifest["finalizers"]}
        return {**{key: value for key, value in manifest.items() if key != "finalizers"}, "metadata": metadata}
    return manifest


def without(value: Any, ignored: list[list[str]]) -> Any:
    """Return the value without what the pointers lead to, and without nulls."""
    if isinstance(value, Mapping):
        kept: dict[str, Any] = {}
        for key, item in value.items():
            name = key.replace("~", "~0").replace("/", "~1")
            below = [path[1:] for path in ignored if path[0] in (name, "*")]
            if [] not in below and item is not None:
                kept[key] = without(item, below)
        return kept
    if isinstance(value, list):
        below = [path[1:] for path in ignored if path[0] == "*"]
        return [without(item, below) for item in value]
    return value


def assert_within(expected: Any, found: Any, at: str = "") -> None:
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for key, value in expected.items():
            if value is None:
                assert found.get(key) is None, f"{at}/{key}"
            else:
                assert key in found or value == {}, f"{at}/{key}"
                assert_within(value, found.get(key, {}), f"{at}/{key}")
        return
    assert found == expected, at
