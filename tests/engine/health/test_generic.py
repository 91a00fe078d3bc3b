"""What conditions, generations and phases commonly mean, for kinds of which nobody has said more."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine import health
from argosy.engine.health import Health
from argosy.engine.health.generic import by_conventions
from argosy.engine.model.application import HealthCode

EXACT = health.Policy(generic=False)


def widget(status: Any, **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "example.org/v1", "kind": "Widget", "metadata": {"name": "a", **metadata}, "status": status}


def conditions(**statuses: str) -> dict[str, Any]:
    """Return a status: `Ready="False:NoPods:none yet"` is type, status, reason and message."""
    found: list[dict[str, str]] = []
    for kind, text in statuses.items():
        status, _, rest = text.partition(":")
        reason, _, message = rest.partition(":")
        found.append({"type": kind, "status": status, "reason": reason, "message": message})
    return {"conditions": found}


@pytest.mark.parametrize(
    "status",
    [
        None,
        {},
        "running",
        7,
        [],
        {"conditions": []},
        {"conditions": {"Ready": True}},
        {"conditions": [{"type": "Ready"}, {"status": "True"}, "Ready", None]},
        {"conditions": [{"type": "Ready", "status": "Perhaps"}]},
        {"conditions": [{"type": "Shiny", "status": "True"}]},
        {"conditions": [{"type": "Progressing", "status": "False"}]},
        {"phase": "Meditating"},
        {"phase": ""},
        {"phase": 3},
        {"observedGeneration": 2},
        {"replicas": 3, "readyReplicas": 1},
    ],
)
def test_what_says_nothing_known_has_no_health(status: Any) -> None:
    assert health.assess(widget(status, generation=2)) is None


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret", "ServiceAccount"])
def test_an_object_without_a_status_has_no_health(kind: str) -> None:
    assert (
        health.assess({"apiVersion": "v1", "kind": kind, "metadata": {"name": "a"}, "data": {"phase": "Failed"}})
        is None
    )


def test_5_2_it_can_be_switched_off() -> None:
    failed = widget(conditions(Ready="False:Failed:broken"))
    assert health.assess(failed) == ("Degraded", "broken")
    assert health.assess(failed, EXACT) is None


@pytest.mark.parametrize("kind", ["Application", "AppProject"])
def test_5_6_parents_do_not_wait_for_applications(kind: str) -> None:
    manifest = widget(conditions(ComparisonError="True", Ready="False")) | {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": kind,
    }
    assert health.assess(manifest) is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (conditions(Ready="True:Done:all is well"), Health("Healthy", "all is well")),
        (conditions(Ready="True:Done"), Health("Healthy", "Done")),
        (conditions(Ready="False:Creating:soon"), Health("Progressing", "soon")),
        (conditions(Ready="Unknown:Failed:who knows"), Health("Progressing", "who knows")),
        (conditions(Ready="False:CreateFailed:no quota"), Health("Degraded", "no quota")),
        (conditions(Ready="False"), Health("Progressing")),
        (conditions(Ready="True", Synced="False:ReconcileError"), Health("Healthy")),
        (conditions(Available="True", Progressing="True:NewReplicas"), Health("Healthy")),
        (conditions(Available="False:Starting", Progressing="True:Rolling"), Health("Progressing", "Starting")),
        (conditions(Accepted="True", Programmed="False:Pending:soon"), Health("Progressing", "soon")),
        (conditions(Accepted="False:InvalidParameters:no"), Health("Degraded", "no")),
        (conditions(Succeeded="Unknown:Running"), Health("Progressing", "Running")),
        (conditions(Succeeded="False:TaskRunCancelled"), Health("Degraded", "TaskRunCancelled")),
        (conditions(Succeeded="True:Succeeded"), Health("Healthy", "Succeeded")),
        (conditions(Complete="True"), Health("Healthy")),
        (conditions(Progressing="True:Rolling:step 1"), Health("Progressing", "step 1")),
        (conditions(Stalled="True:RetriesExceeded:gave up", Ready="False"), Health("Degraded", "gave up")),
        (conditions(Reconciling="True:NewGeneration:works", Ready="True"), Health("Progressing", "works")),
        (conditions(Reconciling="True", Stalled="True:Gone"), Health("Degraded", "Gone")),
        (conditions(Degraded="True:NoQuorum", Available="True"), Health("Degraded", "NoQuorum")),
        (conditions(Degraded="False", Available="True", Progressing="False"), Health("Healthy")),
        (conditions(Failed="True:BackoffLimitExceeded", Complete="False"), Health("Degraded", "BackoffLimitExceeded")),
        (conditions(Suspended="True:OnDemand", Ready="False"), Health("Suspended", "OnDemand")),
        (conditions(Paused="False", Ready="True"), Health("Healthy")),
    ],
)
def test_conditions(status: Mapping[str, Any], expected: Health) -> None:
    assert health.assess(widget(status)) == expected


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        ("Running", "Healthy"),
        ("ready", "Healthy"),
        ("COMPLETED", "Healthy"),
        ("Pending", "Progressing"),
        ("In Progress", "Progressing"),
        ("in-progress", "Progressing"),
        ("Terminating", "Progressing"),
        ("Failed", "Degraded"),
        ("Error", "Degraded"),
        ("TimedOut", "Degraded"),
        ("Paused", "Suspended"),
    ],
)
@pytest.mark.parametrize("field", ["phase", "state"])
def test_phases(field: str, phase: str, expected: HealthCode) -> None:
    assert health.assess(widget({field: phase})) == (expected, phase)
    assert health.assess(widget({field: phase, "message": "because"})) == (expected, "because")


def test_conditions_go_before_the_phase() -> None:
    assert health.assess(widget({"phase": "Running", **conditions(Ready="False:Failed:no")})) == ("Degraded", "no")
    assert health.assess(widget({"phase": "Running", **conditions(Shiny="False")})) == ("Healthy", "Running")


@pytest.mark.parametrize(
    ("seen", "of_condition", "expected"),
    [
        (1, None, "Progressing"),
        (2, None, "Healthy"),
        (3, None, "Healthy"),
        (None, 1, "Progressing"),
        (None, 2, "Healthy"),
        (2, 1, "Healthy"),
        ("1", None, "Healthy"),
    ],
)
def test_a_generation_that_was_not_seen_is_on_its_way(
    seen: Any, of_condition: int | None, expected: HealthCode
) -> None:
    status: dict[str, Any] = {"conditions": [{"type": "Ready", "status": "True", "observedGeneration": of_condition}]}
    if seen is not None:
        status["observedGeneration"] = seen
    found = health.assess(widget(status, generation=2))
    assert found is not None
    assert found.status == expected


def test_a_failure_of_an_older_generation_is_not_of_this_one() -> None:
    status = {"observedGeneration": 1, "phase": "Failed"}
    assert health.assess(widget(status, generation=2)) == (
        "Progressing",
        "Waiting for generation 2 to be observed, the last one was 1",
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from(["Ready", "True"]),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.sampled_from(["type", "status", "x"]), values),
    max_leaves=10,
)


@given(
    status=json_values
    | st.fixed_dictionaries({}, optional=dict.fromkeys(("conditions", "phase", "state"), json_values)),
    generation=json_values,
)
def test_no_status_is_an_error(status: Any, generation: Any) -> None:
    found = by_conventions(widget(status, generation=generation))
    assert found is None or isinstance(found.message, str)
