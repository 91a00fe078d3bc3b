"""What is said of a difference: which fields, whose, hidden by which rule; with the server, without it, by strategy."""

from typing import Any

import pytest

from argosy.engine import diff
from argosy.engine.diff import strategy
from argosy.engine.diff.schema import UNREAD
from argosy.engine.model.application import IgnoreDifference
from argosy.engine.model.resource import key_of
from argosy.engine.normalise import Rules
from argosy.engine.pairing import Pair
from tests.engine.diff.test_certain import GO, thing

RULES = Rules()
SINCE = "2026-01-02T03:04:05Z"
OTHERS = {"f:spec": {"f:ports": {'k:{"number":1,"protocol":"TCP"}': {"f:size": {}}}, "f:tags": {'v:"a"': {}}}}


def with_others(live: dict[str, Any], fields: Any = None, **entry: Any) -> dict[str, Any]:
    """Return the live object with a field manager besides us."""
    noted = {"manager": "kubectl-edit", "operation": "Update", "time": SINCE, **entry, "fieldsV1": fields or OTHERS}
    before = live["metadata"].get("managedFields", [])
    return {**live, "metadata": {**live["metadata"], "managedFields": [*before, noted]}}


def pair(desired: Any, live: Any) -> Pair:
    return Pair(key_of(live), desired, live)


def changes(verdict: object) -> dict[str, tuple[Any, Any]]:
    assert isinstance(verdict, diff.Changed)
    return {change.path: (change.live, change.desired) for change in verdict.fields}


LIVE = with_others(thing({"ports": [{"number": 1, "protocol": "TCP", "size": "2"}], "tags": ["a"], "text": "t"}))
WANTED = thing({"ports": [{"number": 1, "size": 1}], "text": "u"})


def test_a_change_says_who_owns_the_live_value_since_when_and_how() -> None:
    verdict = diff.reckon(pair(WANTED, LIVE), RULES, schema=GO)
    assert changes(verdict) == {"spec.ports[1,TCP].size": ("2", 1), "spec.text": ("t", "u")}
    assert isinstance(verdict, diff.Changed)
    size, text = verdict.fields
    assert size.owner == diff.Owner("kubectl-edit", "Update", SINCE)
    assert text.owner is None


def test_of_several_owners_another_than_we_and_the_latest_is_named() -> None:
    live = thing({"text": "t"}, owned={"f:spec": {"f:text": {}}}, time="2026-12-31T00:00:00Z")
    for manager, time in (("early", "2026-01-01T00:00:00Z"), ("late", "2026-02-01T00:00:00Z")):
        live = with_others(live, {"f:spec": {"f:text": {}}}, manager=manager, time=time, subresource="scale")
    verdict = diff.reckon(pair(thing({"text": "u"}), live), RULES, schema=GO)
    assert isinstance(verdict, diff.Changed)
    assert verdict.fields[0].owner == diff.Owner("late", "Update", "2026-02-01T00:00:00Z", "scale")


def test_the_owner_of_a_whole_owns_what_is_in_it() -> None:
    live = with_others(thing({"selector": {"a": "1"}}), {"f:spec": {"f:selector": {}}})
    verdict = diff.reckon(pair(thing({"selector": {"a": "2"}}), live), RULES, schema=GO)
    assert isinstance(verdict, diff.Changed)
    assert verdict.fields[0].owner == diff.Owner("kubectl-edit", "Update", SINCE)


OURS = {"f:spec": {"f:text": {}, "f:tags": {'v:"a"': {}, 'v:"b"': {}}, "f:sizes": {"f:a": {}, "f:b": {}}}}


def test_without_the_server_what_we_applied_and_want_no_more_goes_unless_others_own_it_too() -> None:
    spec = {"text": "t", "tags": ["a", "b", "c"], "sizes": {"a": "1", "b": "1", "c": "1"}, "flag": True}
    live = with_others(thing(spec, owned=OURS), {"f:spec": {"f:sizes": {"f:b": {}}}})
    verdict = diff.reckon(pair(thing({"tags": ["a"]}), live), RULES, schema=GO)
    assert changes(verdict) == {
        "spec.text": ("t", diff.fields.ABSENT),
        "spec.tags[b]": ("b", diff.fields.ABSENT),
        "spec.sizes.a": ("1", diff.fields.ABSENT),
        "spec.sizes.c": ("1", diff.fields.ABSENT),
    }


def test_what_kubectl_applied_and_git_dropped_goes_from_lists_too() -> None:
    before = '{"spec":{"ports":[{"number":1},{"number":2}]}}'
    live = thing({"ports": [{"number": number, "protocol": "TCP"} for number in (1, 2, 3)]})
    live["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": before}
    both = pair(thing({"ports": [{"number": 1}]}), live)
    assert diff.compare(both, RULES, schema=GO) == diff.AskServer(both.key)
    gone = {"spec.ports[2,TCP]": ({"number": 2, "protocol": "TCP"}, diff.fields.ABSENT)}
    assert changes(diff.confirm(both, live, RULES, schema=GO)) == gone
    assert changes(diff.reckon(both, RULES, schema=GO)) == gone


def test_a_refused_dry_run_is_a_difference_even_if_nothing_seems_to_differ() -> None:
    live = thing({"text": "t"})
    assert changes(diff.guess(pair(live, live), RULES, schema=GO)) == {}
    assert changes(diff.guess(pair(thing({"text": "u"}), live), RULES)) == {"spec.text": ("t", "u")}


def test_what_a_rule_hides_is_told_with_the_rule() -> None:
    rules = Rules((IgnoreDifference(kind="Thing", group="*", json_pointers=("/spec/text",)),))
    both = pair(WANTED, LIVE)
    assert list(changes(diff.reckon(both, rules, schema=GO))) == ["spec.ports[1,TCP].size"]
    (hidden,) = diff.hidden(both, rules, schema=GO)
    assert (hidden.change.path, hidden.change.live, hidden.change.desired) == ("spec.text", "t", "u")
    assert hidden.rule == rules.about(LIVE)[0]
    assert "ignoreDifferences[0]" in hidden.rule.origin


def test_what_two_rules_hide_comes_with_both_and_what_none_hides_with_none() -> None:
    ignored = IgnoreDifference(kind="Thing", group="*", json_pointers=("/spec/text",))
    rules = Rules((ignored, ignored))
    assert [each.rule for each in diff.hidden(pair(WANTED, LIVE), rules, schema=GO)] == list(rules.about(LIVE))
    assert diff.hidden(pair(WANTED, LIVE), RULES, schema=GO) == ()
    assert diff.hidden(pair(LIVE, LIVE), rules, schema=GO) == ()


def test_what_a_manager_owns_is_hidden_by_the_rule_that_names_it() -> None:
    rules = Rules((IgnoreDifference(kind="Thing", group="*", managed_fields_managers=("kubectl-edit",)),))
    (hidden,) = diff.hidden(pair(WANTED, LIVE), rules, schema=GO)
    assert hidden.change.path == "spec.ports[1,TCP].size"


def application(options: str) -> dict[str, Any]:
    return {"metadata": {"annotations": {"argocd.argoproj.io/compare-options": options}}}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", strategy.USUAL),
        ("ServerSideDiff=true", strategy.USUAL),
        ("ServerSideDiff=false", diff.Strategy("never")),
        (" IncludeMutationWebhook=true , ServerSideDiff=true,", diff.Strategy(webhooks="count")),
        ("ServerSideDiff=false,IncludeMutationWebhook=true", diff.Strategy("never", "count")),
        ("IgnoreExtraneous", strategy.USUAL),
    ],
)
def test_3_18_the_annotation_of_the_application_chooses(options: str, expected: diff.Strategy) -> None:
    assert strategy.chosen(application(options)) == expected


def test_3_4_without_the_server_it_is_asked_only_where_no_schema_is_known() -> None:
    never = diff.Strategy("never")
    both = pair(WANTED, LIVE)
    assert diff.compare(both, RULES, schema=GO, strategy=never) == diff.reckon(both, RULES, schema=GO)
    assert diff.compare(both, RULES, schema=UNREAD, strategy=never) == diff.AskServer(both.key)
    assert diff.compare(both, RULES, schema=GO) == diff.AskServer(both.key)


@pytest.mark.parametrize("webhooks", ["stripped", "count"])
def test_3_3_what_does_not_exist_yet_is_not_asked_about(webhooks: Any) -> None:
    missing = Pair(key_of(WANTED), WANTED, None)
    assert diff.compare(missing, RULES, schema=GO, strategy=diff.Strategy(webhooks=webhooks)) == diff.Missing()


def test_3_40_no_value_of_a_secret_is_in_a_change_that_is_shown() -> None:
    def secret(data: Any, **annotations: str) -> dict[str, Any]:
        metadata = {"name": "s", "namespace": "n", "annotations": annotations}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data, "type": "t"}

    live, wanted = (
        secret({"a": "b2xk"}, token="b2xk", note="x"),
        secret({"a": "bmV3", "b": "bmV3"}, token="bmV3", note="y"),
    )
    found = diff.reckon(pair(wanted, live), RULES)
    assert isinstance(found, diff.Changed)
    shown = {
        each.path: (each.live, each.desired) for each in diff.fields.masked(found.fields, live, annotations=["token"])
    }
    assert shown == {
        "metadata.annotations.token": ("++++++++", "+++++++++"),
        "metadata.annotations.note": ("x", "y"),
        "data.a": ("++++++++", "+++++++++"),
        "data.b": (diff.fields.ABSENT, "+++++++++"),
    }
    (whole,) = diff.fields.masked(diff.fields.between({}, {"data": {"a": "bmV3"}}), live)
    assert whole.desired == {"a": "+++++++++"}
    assert diff.fields.masked(found.fields, thing({})) == found.fields
