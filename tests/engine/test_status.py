"""What is said of an application: sync and health, conditions and their times, and the smallest patch."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine import diff, status
from argosy.engine.comparison import Comparison
from argosy.engine.judged import Judged
from argosy.engine.model import application as model
from argosy.engine.model.application import Condition
from tests.engine.judging import comparison_of, judged

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
RAW = {
    "metadata": {"name": "app", "namespace": "argocd"},
    "spec": {
        "project": "default",
        "destination": {"server": "s", "namespace": "n"},
        "source": {"repoURL": "u", "path": "p"},
    },
}
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "n"}}


def application(**status_fields: object) -> model.Application:
    return model.read({**RAW, "status": status_fields})


def found(*objects: Judged, conditions: tuple[Condition, ...] = ()) -> Comparison:
    return comparison_of(application(), *objects, conditions=conditions)


def pod(phase: str, verdict: diff.Verdict = diff.Same()) -> Judged:  # noqa: B008  a frozen value
    live = {**POD, "status": {"phase": phase}}
    return judged(POD, live, verdict)


def test_all_same_and_healthy() -> None:
    fields = status.of_comparison(application(), found(pod("Succeeded")), now=NOW)
    assert fields["sync"]["status"] == "Synced"
    assert fields["sync"]["revision"] == "abc"
    assert fields["sync"]["comparedTo"] == {
        "destination": {"server": "s", "namespace": "n"},
        "source": {"repoURL": "u", "path": "p"},
    }
    assert fields["health"] == {"status": "Healthy", "lastTransitionTime": "2026-01-02T03:04:05Z"}
    assert fields["resources"] == [
        {
            "kind": "Pod",
            "name": "p",
            "version": "v1",
            "namespace": "n",
            "status": "Synced",
            "health": {"status": "Healthy"},
        }
    ]
    assert fields["sourceType"] == "Directory"


def test_the_worst_object_is_named() -> None:
    fields = status.of_comparison(application(), found(pod("Failed")), now=NOW)
    assert (fields["health"]["status"], fields["health"]["message"]) == ("Degraded", "Caused by Pod:n/p")


def test_missing_objects_alone_make_the_application_missing_and_out_of_sync() -> None:
    fields = status.of_comparison(application(), found(judged(POD, None, diff.Missing())), now=NOW)
    assert (fields["sync"]["status"], fields["health"]["status"]) == ("OutOfSync", "Missing")


def test_no_objects_at_all_are_healthy_and_synced() -> None:
    fields = status.of_comparison(application(), found(), now=NOW)
    assert (fields["sync"]["status"], fields["health"]["status"]) == ("Synced", "Healthy")


def test_an_extra_object_requires_pruning_and_may_be_tolerated() -> None:
    extra = judged(None, {**POD, "status": {"phase": "Succeeded"}}, diff.Extra())
    assert status.of_comparison(application(), found(extra), now=NOW)["resources"][0]["requiresPruning"] is True
    metadata = {**POD["metadata"], "annotations": {"argocd.argoproj.io/compare-options": "IgnoreExtraneous"}}
    tolerated = judged(None, {**POD, "metadata": metadata}, diff.Extra())
    assert status.of_comparison(application(), found(tolerated), now=NOW)["sync"]["status"] == "Synced"


def test_health_keeps_its_time_while_it_stays_the_same() -> None:
    before = application(health={"status": "Healthy", "lastTransitionTime": "2020-01-01T00:00:00Z"})
    assert status.of_comparison(before, found(pod("Succeeded")), now=NOW)["health"]["lastTransitionTime"].startswith(
        "2020"
    )
    assert status.of_comparison(before, found(pod("Failed")), now=NOW)["health"]["lastTransitionTime"].startswith(
        "2026"
    )


def test_a_condition_that_is_found_again_keeps_its_time_and_one_of_another_evaluation_stays() -> None:
    old = [
        {"type": "RepeatedResourceWarning", "message": "twice", "lastTransitionTime": "2020-01-01T00:00:00Z"},
        {"type": "ComparisonError", "message": "gone", "lastTransitionTime": "2020-01-01T00:00:00Z"},
        {"type": "SyncError", "message": "stays", "lastTransitionTime": "2020-01-01T00:00:00Z"},
    ]
    again = found(
        conditions=(Condition("RepeatedResourceWarning", "twice"), Condition("ExcludedResourceWarning", "new"))
    )
    conditions = status.of_comparison(application(conditions=old), again, now=NOW)["conditions"]
    assert [(each["type"], each["lastTransitionTime"][:4]) for each in conditions] == [
        ("ExcludedResourceWarning", "2026"),
        ("RepeatedResourceWarning", "2020"),
        ("SyncError", "2020"),
    ]


def test_a_failure_makes_everything_unknown_and_keeps_the_revision() -> None:
    before = application(sync={"status": "Synced", "revision": "abc"}, health={"status": "Healthy"})
    fields = status.of_failure(before, [Condition("ComparisonError", "why")], now=NOW)
    assert (fields["sync"]["status"], fields["sync"]["revision"], fields["health"]["status"]) == (
        "Unknown",
        "abc",
        "Unknown",
    )
    assert "sync" not in status.of_failure(before, [Condition("ComparisonError", "why")], now=NOW, keep=True)


def test_a_settled_application_is_not_written() -> None:
    helm = {"parameters": [{"name": "color", "value": "green"}], "valueFiles": ["a.yaml"]}
    source = {"repoURL": "u", "path": "p", "helm": helm}
    read = model.read({**RAW, "spec": {**RAW["spec"], "source": source}})
    live = {**POD, "spec": {"containers": [{"image": "nginx:1"}]}, "status": {"phase": "Succeeded"}}
    fields = status.of_comparison(read, found(judged(POD, live, diff.Same())), now=NOW)
    assert fields["summary"] == {"images": ["nginx:1"]}
    stored = json.loads(json.dumps(merge({}, status.patch({}, fields))))
    assert status.patch(stored, {**fields, "reconciledAt": "2026-09-09T00:00:00Z"}) == {}


json_values = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=3),
    lambda children: (
        st.lists(children, max_size=2) | st.dictionaries(st.text("ab", min_size=1), children, min_size=1, max_size=3)
    ),
    max_leaves=8,
)
fields_strategy = st.dictionaries(st.sampled_from(["sync", "health", "resources"]), json_values, max_size=3)


def merge(target: object, patch: object) -> object:
    """RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key), value)
    return result


@given(fields_strategy, fields_strategy)
def test_the_patch_brings_about_what_is_wanted(before: dict, wanted: dict) -> None:
    after = merge(before, status.patch(before, wanted))
    assert all(after.get(key) == value for key, value in wanted.items() if value not in ([], {}))


@pytest.mark.parametrize("empty", [None, [], {}])
def test_what_is_wanted_empty_is_removed(empty: object) -> None:
    assert status.patch({"conditions": [1]}, {"conditions": empty}) == {"conditions": None}
    assert status.patch({}, {"conditions": empty}) == {}


def test_of_a_status_that_is_too_large_only_the_reason_and_the_end_of_a_sync_are_written() -> None:
    state = {"phase": "Succeeded", "message": "m", "syncResult": {"revision": "abc", "resources": [{"name": "a"}]}}
    previous = {"conditions": [{"type": "SyncError", "message": "s"}, {"type": "UnknownError", "message": "old"}]}
    fields = status.of_too_large(previous, {"resources": [1] * 100, "operationState": state}, now=NOW)
    assert fields.keys() == {"conditions", "operationState"}
    assert fields["operationState"] == {**state, "syncResult": {"revision": "abc", "resources": []}}
    assert [each["type"] for each in fields["conditions"]] == ["SyncError", "UnknownError"]
    later = datetime(2027, 1, 1, tzinfo=UTC)
    assert status.of_too_large(fields, {"resources": [1]}, now=later)["conditions"] == fields["conditions"]
