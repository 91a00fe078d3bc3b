"""What counts as a difference: folders of YAML under tests/cases/diff, and what must hold for every object.

A case has `desired.yaml`, `live.yaml`, `expected.yaml` (`local`: whether the two objects alone settle it; `changed`:
the fields that differ once the server has answered) and, where the server is asked, `predicted.yaml`.
"""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine import diff
from argosy.engine.model.application import IgnoreDifference
from argosy.engine.model.resource import ResourceKey, key_of
from argosy.engine.normalise import Rules, normalise
from argosy.engine.pairing import Pair

CASES = sorted(path.parent for path in (Path(__file__).parent.parent / "cases" / "diff").glob("*/expected.yaml"))


def read(folder: Path, name: str) -> dict:
    return yaml.safe_load((folder / f"{name}.yaml").read_text())


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_case(folder: Path) -> None:
    desired, live, expected = (read(folder, name) for name in ("desired", "live", "expected"))
    rules = Rules(tuple(IgnoreDifference(**rule) for rule in expected.get("ignore", ())))
    pair = Pair(key_of(live), desired, live)
    verdict = diff.compare(pair, rules)
    if expected["local"]:
        assert verdict == diff.Same()
        return
    assert verdict == diff.AskServer(pair.key)
    answer = diff.confirm(pair, read(folder, "predicted"), rules)
    changed = [change.path for change in answer.fields] if isinstance(answer, diff.Changed) else []
    assert changed == expected["changed"]


KEY = ResourceKey("", "ConfigMap", "n", "c")
CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "n"}}


def test_what_is_only_live_is_extra_and_what_is_only_desired_is_missing() -> None:
    assert diff.compare(Pair(KEY, None, CONFIG_MAP), Rules()) == diff.Extra()
    assert diff.compare(Pair(KEY, CONFIG_MAP, None), Rules()) == diff.Missing()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=2),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text("xyz", min_size=1, max_size=2), children, max_size=3)
    ),
    max_leaves=12,
)
specs = st.dictionaries(st.sampled_from(["containers", "ports", "env", "x", "y"]), json_values, max_size=4)


@given(specs)
def test_an_object_is_the_same_as_itself_whatever_the_server_adds(spec: dict) -> None:
    desired = {**CONFIG_MAP, "spec": spec}
    live = {**desired, "added": {"by": "server"}, "status": {"seen": True}}
    assert diff.compare(Pair(KEY, desired, live), Rules()) == diff.Same()


@given(specs, specs)
def test_what_is_settled_locally_hides_no_wanted_field(first: dict, second: dict) -> None:
    """If the two objects alone settle it, every wanted scalar stands in the live object at the same path."""
    desired, live = {**CONFIG_MAP, "spec": first}, {**CONFIG_MAP, "spec": second}
    if diff.compare(Pair(KEY, desired, live), Rules()) != diff.Same():
        return
    missing = [
        change
        for change in diff.fields.between(live["spec"], desired["spec"])
        if change.desired is not diff.fields.ABSENT and change.desired is not None
    ]
    assert missing == []


@given(specs)
def test_normalising_twice_is_normalising_once(spec: dict) -> None:
    once = normalise({**CONFIG_MAP, "spec": spec, "status": {}}, Rules())
    assert normalise(once, Rules()) == once


def test_an_ignored_pointer_may_hold_escaped_slashes_and_list_indexes() -> None:
    rules = Rules((IgnoreDifference(kind="*", group="*", json_pointers=("/metadata/annotations/a~1b", "/list/1")),))
    manifest = {**CONFIG_MAP, "metadata": {"name": "c", "annotations": {"a/b": "1", "c": "2"}}, "list": [1, 2, 3]}
    assert normalise(manifest, rules)["metadata"]["annotations"] == {"c": "2"}
    assert normalise(manifest, rules)["list"] == [1, 3]
