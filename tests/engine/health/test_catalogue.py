"""The families of kinds, by examples of our own: lists in tests/cases/health/<group>/<Kind>.yaml.

An example is `object` (only what matters: `apiVersion`, `kind` and a name come from the file's place), `status` and
`message`. Kinds that are judged alike share a file, `<Kind>+<Kind>.yaml`; `{kind}` in a message is the kind's name. The
kinds of a glob are in `_.yaml`, and the objects name them.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.engine import health
from argosy.engine.health import catalogue
from argosy.engine.health.form import Every, FirstOf
from argosy.engine.model.resource import key_of

CASES = Path(__file__).parents[2] / "cases" / "health"
LISTED = yaml.safe_load((CASES.parent / "health-kinds.yaml").read_text())


def examples() -> Iterator[Any]:
    """Yield each example of each file, named by its place and what it shows."""
    for path in sorted(CASES.rglob("*.yaml")):
        group, kinds = path.parent.name, path.stem.split("+")
        listed = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
        for kind, (number, example) in product(kinds, enumerate(listed, start=1)):
            manifest: dict[str, Any] = {"apiVersion": f"{group}/v1", "kind": kind, **(example["object"] or {})}
            manifest["metadata"] = {"name": "example", **manifest.get("metadata", {})}
            yield pytest.param(manifest, example, id=f"{group}/{kind}-{number}-{example['status']}")


@pytest.mark.parametrize(("manifest", "example"), list(examples()))
def test_an_example_is_judged_as_written(manifest: dict[str, Any], example: dict[str, Any]) -> None:
    found = health.assess(manifest, health.Policy(generic=False))
    assert found == (example["status"], example["message"].replace("{kind}", manifest["kind"]))


@pytest.mark.parametrize(("name", "check"), [pytest.param(*each, id=each[0]) for each in catalogue.all_checks()])
def test_the_last_rule_of_a_kind_always_holds(name: str, check: catalogue.Check) -> None:
    if isinstance(check, FirstOf):
        assert check.rules[-1].test == Every(), name


@pytest.mark.parametrize("line", LISTED)
def test_5_8_to_5_18_every_kind_of_a_line_has_a_check(line: str) -> None:
    kinds = {f"{group}/{kind}" for group, kinds in LISTED[line].items() for kind in kinds.split()}
    assert kinds - {name for name, _ in catalogue.all_checks()} == set()


def test_5_7_two_hundred_and_forty_one_kinds_are_listed() -> None:
    assert sum(len(kinds.split()) for groups in LISTED.values() for kinds in groups.values()) == 241


def test_every_check_has_an_example() -> None:
    shown = {id(catalogue.check_for(key_of(example.values[0]).group_kind)) for example in examples()}
    assert [name for name, check in catalogue.all_checks() if id(check) not in shown] == []


KINDS = [name.replace("*", "Any").rpartition("/") for name, _ in catalogue.all_checks()]

words = st.sampled_from(
    ("Ready", "Available", "True", "False", "Unknown", "Running", "Failed", "type", "status", "conditions", "")
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | words,
    lambda values: st.lists(values, max_size=3) | st.dictionaries(words | st.text(max_size=9), values, max_size=4),
    max_leaves=12,
)
conditions = st.lists(
    st.fixed_dictionaries(
        {"type": words | json_values, "status": words | json_values},
        optional={"reason": json_values, "message": json_values, "observedGeneration": json_values},
    ),
    max_size=4,
)
statuses = json_values | st.fixed_dictionaries(
    {}, optional={"conditions": conditions | json_values, "phase": json_values, "state": json_values}
)


@settings(max_examples=100, deadline=None)
@given(spec=json_values, status=statuses, generation=json_values)
def test_no_status_is_an_error(spec: Any, status: Any, generation: Any) -> None:
    metadata = {"name": "example", "generation": generation}
    for group, _, kind in KINDS:
        found = health.assess(
            {"apiVersion": f"{group}/v1", "kind": kind, "metadata": metadata, "spec": spec, "status": status}
        )
        assert found is not None
        assert isinstance(found.message, str)
