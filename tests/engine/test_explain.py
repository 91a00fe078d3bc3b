"""Why an application is as it is: the words and values of an explanation, case by case."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from argosy.engine import diff, explain
from argosy.engine.judged import Judged
from argosy.engine.model import application as model
from argosy.engine.model.application import IgnoreDifference
from argosy.engine.model.explanation import ExplainedField, Explanation
from argosy.engine.normalise import Rules
from argosy.engine.pairing import Pair
from tests.engine.judging import comparison_of, judged

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SINCE = "2026-01-02T02:00:00Z"
SOURCE = {"repoURL": "u", "path": "p"}


def owned(manifest: dict[str, Any], manager: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The object as the API server holds it, with these fields of this manager."""
    entry = {"manager": manager, "operation": "Update", "time": SINCE, "fieldsV1": fields}
    return {**manifest, "metadata": {**manifest["metadata"], "managedFields": [entry]}}


def config(name: str = "c", kind: str = "ConfigMap", **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "n"}, "data": data}


def verdict_on(desired: dict[str, Any], live: dict[str, Any], rules: Rules | None = None) -> Judged:
    found = diff.reckon(Pair(judged(desired, live, diff.Same()).key, desired, live), rules or Rules())
    return judged(desired, live, found)


DRIFTED = verdict_on(config(k="1"), owned(config(k="2"), "kubectl-edit", {"f:data": {"f:k": {}}}))
MISSING = judged(config("m"), None, diff.Missing())
EXTRA = judged(None, config("x"), diff.Extra())
UNKNOWN = judged(config("u"), config("u"), diff.Unknown("the watch is stale"))
SAME = judged(config("s"), config("s"), diff.Same())


def application(
    automated: dict[str, Any] | None = None, *, sync: str = "OutOfSync", **status: Any
) -> model.Application:
    policy = {} if automated is None else {"syncPolicy": {"automated": automated}}
    spec = {"project": "default", "destination": {"server": "s"}, "source": SOURCE, **policy}
    found = {"sync": {"status": sync}, "health": {"status": "Healthy"}, **status}
    return model.read({"metadata": {"name": "web"}, "spec": spec, "status": found})


def ended(phase: str, *, heals: int = 0, ago: float = 0.0, **result: Any) -> dict[str, Any]:
    return {
        "operation": {"sync": {"autoHealAttemptsCount": heals}},
        "phase": phase,
        "message": "it broke",
        "startedAt": "2026-01-01T00:00:00Z",
        "finishedAt": (NOW - timedelta(seconds=ago)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "syncResult": {"revision": "abc", "source": SOURCE, **result},
    }


def told(app: model.Application, *objects: Judged, hidden: Any = ()) -> Explanation:
    return explain.explain(app, comparison_of(app, *objects), hidden=hidden, now=NOW)


def test_a_drifted_field_is_named_with_both_values_who_wrote_it_and_when() -> None:
    found = told(application(), DRIFTED, SAME)
    (only,) = found.objects
    assert (only.kind, only.namespace, only.name, only.because) == ("ConfigMap", "n", "c", ("1 field differs",))
    assert only.fields == (ExplainedField("data.k", '"2"', '"1"', "kubectl-edit", "Update", "", SINCE),)
    assert found.since == SINCE
    assert found.summary == (
        f"OutOfSync: 1 object differs from what is wanted; what differs was last written by kubectl-edit ({SINCE})."
    )


def test_what_is_synced_and_well_says_so() -> None:
    found = told(application(sync="Synced"), SAME)
    assert (found.objects, found.next_step) == ((), "Nothing is to be synced.")
    assert found.summary == "Synced and Healthy: what runs is what is wanted."


def test_each_kind_of_verdict_is_counted_and_said() -> None:
    found = told(application(), DRIFTED, MISSING, EXTRA, judged(None, config("y"), diff.Extra()))
    assert found.summary.startswith(
        "OutOfSync: 1 object differs from what is wanted; 1 object is wanted and not there; "
        "2 objects run and are no longer wanted; "
    )
    assert {each.name: each.because[0] for each in found.objects} == {
        "c": "1 field differs",
        "m": "it is wanted and not there",
        "x": "it runs and is no longer wanted: a sync that prunes deletes it",
        "y": "it runs and is no longer wanted: a sync that prunes deletes it",
    }
    assert {each.name: each.health for each in found.objects}["m"] == "Missing"


def test_what_could_not_be_compared_says_why() -> None:
    found = told(application(sync="Unknown"), UNKNOWN)
    assert found.objects[0].because == ("it could not be compared: the watch is stale",)
    assert found.next_step.startswith("Nothing is synced by itself while objects could not be compared")
    assert found.summary == "Unknown: 1 object could not be compared."


def test_an_object_that_is_not_well_comes_with_its_message() -> None:
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "p", "namespace": "n"}}
    lost = judged(claim, {**claim, "status": {"phase": "Lost"}}, diff.Same())
    found = told(application(sync="Synced", health={"status": "Degraded"}), lost)
    assert [(each.name, each.health, each.sync) for each in found.objects] == [("p", "Degraded", "Synced")]
    assert found.objects[0].because == ("it is Degraded",)
    assert found.summary == "Synced and Degraded: 1 object is Degraded."


def test_values_of_secrets_are_masked_and_their_difference_is_visible() -> None:
    live = owned(config(kind="Secret", k="b2xk"), "kubectl-edit", {"f:data": {"f:k": {}}})
    rules = Rules(ignore=(IgnoreDifference(kind="Secret", json_pointers=("/data/k",)),))
    shown = verdict_on(config(kind="Secret", k="bmV3"), live)
    found = told(application(), shown)
    assert found.objects[0].fields[0].live != found.objects[0].fields[0].desired
    hidden = told(application(), hidden=[(shown, diff.hidden(shown.pair(), rules))])
    assert hidden.rules[0].hides == 1
    assert "b2xk" not in f"{found}{hidden}"
    assert "bmV3" not in f"{found}{hidden}"


def test_rules_that_hide_differences_are_named_and_counted() -> None:
    rules = Rules(ignore=(IgnoreDifference(kind="ConfigMap", json_pointers=("/data/k", "/data/l")),))
    both = [verdict_on(config(name, k="1", l="1"), config(name, k="2", l="2"), rules) for name in ("a", "b")]
    assert all(isinstance(each.verdict, diff.Same) for each in both)
    (rule,) = told(application(), *both, hidden=[(each, diff.hidden(each.pair(), rules)) for each in both]).rules
    assert (rule.rule, rule.hides) == ("the application's ignoreDifferences[0]", 4)
    assert [(each.name, each.field.path) for each in rule.fields][:2] == [("a", "data.k"), ("a", "data.l")]


def test_the_busiest_rule_comes_first() -> None:
    one, two = (
        IgnoreDifference("ConfigMap", json_pointers=("/data/k",)),
        IgnoreDifference("C*", json_pointers=("/data",)),
    )
    rules = Rules(ignore=(one, two))
    pair = verdict_on(config(k="1", l="1"), config(k="2", l="2"), rules)
    found = told(application(), pair, hidden=[(pair, diff.hidden(pair.pair(), rules))])
    assert [(each.rule[-3:], each.hides) for each in found.rules] == [("[1]", 2), ("[0]", 1)]


@pytest.mark.parametrize(
    ("automated", "state", "objects", "words"),
    [
        (None, None, [DRIFTED], "Automated sync is off. `argosy app sync web` syncs it."),
        ({"enabled": False}, None, [DRIFTED], "Automated sync is off."),
        ({}, None, [DRIFTED], "Automated sync is about to start."),
        ({}, None, [EXTRA, SAME], "Only objects that are no longer wanted differ, and automated sync does not prune."),
        ({"prune": True}, None, [EXTRA], "Automated sync does not start: auto-sync will wipe out all resources."),
        ({}, ended("Failed"), [DRIFTED], "Failed last sync attempt to ['abc']: it broke"),
        ({}, ended("Succeeded"), [DRIFTED], "self-heal is off"),
        ({"selfHeal": True}, ended("Succeeded", heals=1), [DRIFTED], "Self-heal waits another 2 s"),
        ({"selfHeal": True}, ended("Running"), [DRIFTED], "A sync is under way since 2026-01-01T00:00:00Z: it broke."),
    ],
)
def test_what_happens_next(automated: Any, state: Any, objects: list[Judged], words: str) -> None:
    app = application(automated, **({"operationState": state} if state else {}))
    assert words in told(app, *objects).next_step


def test_what_a_sync_left_alone_is_said_to_be_left_alone() -> None:
    kept = {"kind": "ConfigMap", "name": "x", "namespace": "n", "group": "", "version": "v1", "status": "PruneSkipped"}
    state = ended("Succeeded", resources=[{**kept, "message": "ignored (no prune)"}])
    app = application({"selfHeal": True, "prune": True}, operationState=state)
    assert "left alone on purpose" in told(app, EXTRA, SAME).next_step


def test_a_status_that_is_newer_than_the_comparison_wins() -> None:
    error = {"type": "ComparisonError", "message": "the repository cannot be reached"}
    found = told(application({}, sync="Unknown", conditions=[error]), DRIFTED)
    assert (found.sync, found.summary) == ("Unknown", "Unknown: the repository cannot be reached")
    assert found.next_step.startswith("The comparison is out of date")


def test_an_application_that_was_never_compared_says_what_is_in_the_way() -> None:
    error = {"type": "InvalidSpecError", "message": "project gone is not found"}
    found = explain.not_compared(application(sync="Unknown", conditions=[error]))
    assert (found.sync, found.summary) == ("Unknown", "Unknown: project gone is not found")
    assert [each.type for each in found.conditions] == ["InvalidSpecError"]
    assert "compared again" in found.next_step


def test_many_objects_fields_and_long_values_are_counted_and_cut() -> None:
    wide = {f"k{number:02}": "1" for number in range(60)}
    changed = verdict_on(config(**wide), config(**dict.fromkeys(wide, "y" * 5000)))
    (first,) = told(application(), changed).objects
    assert (len(first.fields), first.fields_left_out) == (50, 10)
    assert (len(first.fields[0].live), first.fields[0].live[-1]) == (2000, "…")
    many = [judged(config(f"m{number}"), None, diff.Missing()) for number in range(explain.MOST_OBJECTS + 3)]
    found = told(application(), *many)
    assert (len(found.objects), found.objects_left_out) == (explain.MOST_OBJECTS, 3)
