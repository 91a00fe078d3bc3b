"""The families of kinds, by examples of our own: lists in tests/cases/health/<group>/<kind>.yaml.

An example is `object` (only what matters; `apiVersion`, `kind` and a name are added from the file's place, the group's
own version being of no matter), `status` and `message`. A kind of a glob is in `_.yaml` and names itself.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.engine import health
from argosy.engine.health import catalogue
from argosy.engine.health.form import Every, FirstOf

CASES = Path(__file__).parents[2] / "cases" / "health"


def examples() -> Iterator[Any]:
    """Yield each example of each file, named by its place and what it shows."""
    for path in sorted(CASES.rglob("*.yaml")):
        place = {"apiVersion": f"{path.parent.name}/v1", "kind": path.stem, "metadata": {"name": "example"}}
        for number, example in enumerate(yaml.load(path.read_text(), Loader=yaml.CSafeLoader), start=1):
            name = f"{path.parent.name}/{path.stem}-{number}-{example['status']}"
            yield pytest.param({**place, **(example.get("object") or {})}, example, id=name)


@pytest.mark.parametrize(("manifest", "example"), list(examples()))
def test_an_example_is_judged_as_written(manifest: dict[str, Any], example: dict[str, Any]) -> None:
    found = health.assess(manifest, generic=False)
    assert found == (example["status"], example.get("message") or "")


@pytest.mark.parametrize(("name", "check"), [pytest.param(*each, id=each[0]) for each in catalogue.all_checks()])
def test_the_last_rule_of_a_kind_always_holds(name: str, check: catalogue.Check) -> None:
    if isinstance(check, FirstOf):
        assert check.rules[-1].test == Every(), name


words = st.sampled_from(
    ("Ready", "Available", "True", "False", "Unknown", "Running", "Failed", "type", "status", "conditions", "")
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | words,
    lambda values: st.lists(values, max_size=3) | st.dictionaries(words | st.text(max_size=9), values, max_size=4),
    max_leaves=12,
)
statuses = json_values | st.fixed_dictionaries({"conditions": json_values, "phase": json_values, "state": json_values})


@pytest.mark.parametrize("name", [name for name, _ in catalogue.all_checks()])
@settings(max_examples=20, deadline=None)
@given(spec=json_values, status=statuses, generation=json_values)
def test_no_status_is_an_error(name: str, spec: Any, status: Any, generation: Any) -> None:
    group, _, kind = name.replace("*", "any").rpartition("/")
    found = health.assess(
        {
            "apiVersion": f"{group}/v1",
            "kind": kind,
            "metadata": {"name": "example", "generation": generation},
            "spec": spec,
            "status": status,
        }
    )
    assert found is not None
    assert isinstance(found.message, str)
