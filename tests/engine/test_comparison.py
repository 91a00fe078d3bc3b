"""A comparison from its objects; and that it does not matter whether they were judged at once or one by one."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine import diff, status
from argosy.engine.comparison import Comparison
from argosy.engine.health import Health
from argosy.engine.judged import Judged
from argosy.engine.model import application as model
from argosy.engine.model.resource import Manifest, ResourceKey, key_of
from tests.engine.judging import comparison_of, judged

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
APPLICATION = model.read(
    {"metadata": {"name": "app", "namespace": "argocd"}, "spec": {"destination": {"server": "s"}, "project": "p"}}
)
IGNORES_HEALTH = "argocd.argoproj.io/ignore-healthcheck"
COMPARE_OPTIONS = "argocd.argoproj.io/compare-options"
VERDICTS: dict[str, diff.Verdict] = {
    "same": diff.Same(),
    "changed": diff.Changed((), {}),
    "missing": diff.Missing(),
    "extra": diff.Extra(),
    "unknown": diff.Unknown("the watch is down"),
}


def pod(name: str, phase: str = "Succeeded", annotations: dict[str, str] | None = None) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "n", "annotations": annotations or {}},
        "spec": {"containers": [{"name": "c", "image": f"image-of-{name[0]}"}]},
        "status": {"phase": phase},
    }


def one(
    name: str, verdict: str, phase: str = "Succeeded", claimant: str = "", annotations: dict[str, str] | None = None
) -> Judged:
    manifest = pod(name, phase, annotations)
    desired = None if verdict == "extra" else manifest
    live = None if verdict == "missing" else manifest
    return judged(desired, live, VERDICTS[verdict], claimant=claimant)


def facts(found: Comparison) -> tuple[object, ...]:
    summary = status.of_comparison(APPLICATION, found, now=NOW)
    return summary, found.only_prunes, found.wipes_out, [each.key for each in found.different]


NAMES = [f"{letter}{number}" for letter, number in product("abc", range(3))]
OBJECTS = st.builds(
    one,
    st.sampled_from(NAMES),
    st.sampled_from(list(VERDICTS)),
    st.sampled_from(["Running", "Pending", "Succeeded", "Failed"]),
    st.sampled_from(["", "other"]),
    st.fixed_dictionaries({}, optional={IGNORES_HEALTH: st.just("true"), COMPARE_OPTIONS: st.just("IgnoreExtraneous")}),
)


@given(st.lists(OBJECTS), st.lists(st.one_of(OBJECTS, st.sampled_from(NAMES))))
def test_what_is_folded_up_object_by_object_is_what_is_counted_at_once(
    first: list[Judged], changes: list[Judged | str]
) -> None:
    found = comparison_of(APPLICATION, *first)
    objects = {each.key: each for each in first}
    for change in changes:
        if isinstance(change, str):
            key = ResourceKey("", "Pod", "n", change)
            objects.pop(key, None)
            found = found.with_changes({key: None})
        else:
            objects[change.key] = change
            found = found.with_changes({change.key: change})
    assert facts(found) == facts(comparison_of(APPLICATION, *objects.values()))


def test_a_comparison_is_never_changed() -> None:
    before = comparison_of(APPLICATION, one("a", "same"), one("b", "changed", "Failed"))
    known = facts(before)
    before.with_changes({key_of(pod("a")): None, key_of(pod("c")): one("c", "extra")})
    assert facts(before) == known


def test_nothing_new_is_the_same_comparison() -> None:
    same = one("a", "same")
    before = comparison_of(APPLICATION, same)
    assert before.with_changes({same.key: same, key_of(pod("b")): None}) is before


def test_3_20_one_object_that_could_not_be_compared_makes_the_application_unknown_and_says_why() -> None:
    found = comparison_of(APPLICATION, one("a", "unknown"), one("b", "changed"))
    assert found.sync_code == "Unknown"
    assert [(each.type, each.message) for each in found.conditions] == [
        ("ComparisonError", "Pod:n/a cannot be compared: the watch is down")
    ]


def test_one_reason_is_said_once_however_many_objects_it_concerns() -> None:
    found = comparison_of(APPLICATION, *(one(f"a{number}", "unknown") for number in range(5)))
    (condition,) = found.conditions
    assert condition.message == "Pod:n/a0, Pod:n/a1, Pod:n/a2 and 2 more cannot be compared: the watch is down"


def test_3_20_what_the_project_does_not_permit_is_shown_as_unknown() -> None:
    found = comparison_of(APPLICATION, replace(one("a", "changed"), permitted=False))
    assert [each.shown["status"] for each in found.judged] == ["Unknown"]
    assert found.sync_code == "OutOfSync"


def test_3_22_an_object_with_another_applications_mark_is_warned_of() -> None:
    found = comparison_of(
        APPLICATION, one("a", "same", claimant="other"), one("b", "extra", claimant="other"), one("c", "same")
    )
    assert [(each.type, each.message) for each in found.conditions] == [
        ("SharedResourceWarning", "Pod/a is part of applications app and other")
    ]


def test_3_17_an_extra_object_may_be_tolerated() -> None:
    tolerated = one("a", "extra", "Failed", annotations={COMPARE_OPTIONS: "IgnoreExtraneous"})
    found = comparison_of(APPLICATION, tolerated, one("b", "same"))
    assert (found.sync_code, found.health.status) == ("Synced", "Degraded")
    assert [each.shown["status"] for each in found.judged] == ["OutOfSync", "Synced"]


def test_5_19_the_worst_health_wins_and_names_the_culprits() -> None:
    worst = one("b", "same", "Failed"), one("a", "same", "Failed")
    found = comparison_of(APPLICATION, *worst, one("c", "same", "Pending"))
    assert found.health == ("Degraded", "Caused by Pod:n/a, Pod:n/b")


def test_5_20_what_ignores_its_health_does_not_count() -> None:
    ignoring = one("a", "same", "Failed", annotations={IGNORES_HEALTH: "true"})
    assert comparison_of(APPLICATION, ignoring).health.status == "Healthy"


def test_5_20_an_application_that_manages_itself_does_not_count() -> None:
    itself = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "app", "namespace": "argocd", "deletionTimestamp": "2026-01-01T00:00:00Z"},
    }
    found = comparison_of(APPLICATION, judged(itself, itself, diff.Same()), one("a", "missing"))
    assert found.health.status == "Missing"


@pytest.mark.parametrize("others", [(), ("b",)])
def test_5_21_missing_objects_make_it_missing_only_if_nothing_is_there(others: tuple[str, ...]) -> None:
    found = comparison_of(APPLICATION, one("a", "missing"), *(one(name, "same") for name in others))
    assert found.health.status == ("Healthy" if others else "Missing")


def test_5_23_no_objects_are_healthy() -> None:
    assert comparison_of(APPLICATION).health.status == "Healthy"


@pytest.mark.parametrize(("verdict", "code"), [("same", "Synced"), ("changed", "OutOfSync"), ("missing", "OutOfSync")])
def test_3_19_one_object_that_differs_or_is_not_there_makes_it_out_of_sync(verdict: str, code: str) -> None:
    assert comparison_of(APPLICATION, one("a", verdict), one("b", "same")).sync_code == code


def test_3_19_what_has_to_be_pruned_makes_it_out_of_sync() -> None:
    found = comparison_of(APPLICATION, one("a", "extra"), one("b", "same"))
    assert found.sync_code == "OutOfSync"
    assert [each.shown.get("requiresPruning", False) for each in found.judged] == [True, False]


@pytest.mark.parametrize("status", ["Missing", "Unknown"])
def test_5_22_a_child_that_is_missing_or_unknown_does_not_count(status: str) -> None:
    manifest = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "child", "namespace": "argocd"},
    }
    child = replace(judged(manifest, manifest, diff.Same()), health=Health(status))
    assert comparison_of(APPLICATION, child, one("a", "same")).health.status == "Healthy"
    other = replace(one("b", "same"), health=Health(status))
    assert comparison_of(APPLICATION, other, one("a", "same")).health.status == status
