"""Durations, retries, redaction, managed fields, recorded plans: what must always hold of the small parts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine import durations, managed, redact, retry
from argosy.engine.model.operation import Backoff, RetryStrategy
from argosy.engine.model.resource import ResourceKey
from argosy.engine.plan import Apply, CreateNamespace, Kept, Plan, Prune, Refused, Wave, record


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("5s", 5), ("3m", 180), ("1h30m", 5400), ("1.5h", 5400), ("250ms", 0.25), ("0", 0)],
)
def test_durations_are_read_as_go_writes_them(text: str, seconds: float) -> None:
    assert durations.seconds(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "soon", "5", "1d", "-5s", "5s3"])
def test_a_text_that_is_no_duration_is_named(text: str) -> None:
    if text == "5":
        assert durations.seconds(text) == 5
        return
    with pytest.raises(ValueError, match="is not a duration"):
        durations.seconds(text)


def test_retries_wait_longer_each_time_up_to_a_limit_and_end() -> None:
    strategy = RetryStrategy(limit=4, backoff=Backoff("10s", 3, "1m"))
    assert [retry.delay(strategy, number) for number in range(5)] == [10, 30, 60, 60, None]
    assert [retry.delay(retry.AUTOMATED, number) for number in range(6)] == [5, 10, 20, 40, 80, None]
    assert retry.delay(RetryStrategy(), 0) is None
    assert retry.delay(RetryStrategy(limit=-1), 100_000) == 180
    steep = RetryStrategy(limit=-1, backoff=Backoff(duration="1s", factor=10**9))
    assert retry.delay(steep, 100_000) == 180


def secret(**data: str) -> dict:
    annotations = {managed.LAST_APPLIED: json.dumps({"data": data})}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "annotations": annotations}, "data": data}


@given(
    st.dictionaries(st.sampled_from("abc"), st.text(min_size=9), min_size=1),
    st.dictionaries(st.sampled_from("abc"), st.text(min_size=9)),
)
def test_no_value_of_a_secret_is_shown_and_equal_values_look_equal(
    first: dict[str, str], second: dict[str, str]
) -> None:
    one, two = redact.hide([secret(**first), secret(**second)])
    assert one is not None
    assert two is not None
    assert all(set(value) == {"+"} for shown in (one, two) for value in shown["data"].values())
    assert all(
        (one["data"][key] == two["data"][key]) == (first[key] == second[key]) for key in first.keys() & second.keys()
    )
    assert set(one["metadata"]["annotations"].values()) == {"++++++++"}


def test_other_objects_are_shown_as_they_are() -> None:
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}}
    assert redact.hide([config_map, None]) == [config_map, None]


def client_side(manager: str, **fields: object) -> dict:
    return {"manager": manager, "operation": "Update", "apiVersion": "v1", "fieldsV1": fields}


def test_a_client_side_apply_becomes_ours_with_all_its_fields() -> None:
    entries = [
        client_side("kubectl-client-side-apply", **{"f:data": {"f:a": {}}}),
        client_side("kube-controller-manager"),
    ]
    live = {"metadata": {"resourceVersion": "7", "managedFields": entries}}
    patch = managed.migration(live)
    assert patch is not None
    kept, ours = patch[0]["value"]
    assert kept["manager"] == "kube-controller-manager"
    assert (ours["manager"], ours["operation"], ours["fieldsV1"]) == (
        "argocd-controller",
        "Apply",
        {"f:data": {"f:a": {}}},
    )
    assert patch[1] == {"op": "replace", "path": "/metadata/resourceVersion", "value": "7"}


def test_there_is_nothing_to_migrate_where_nobody_applied_client_side() -> None:
    assert (
        managed.migration({"metadata": {"managedFields": [client_side("helm"), client_side("argocd-controller")]}})
        is None
    )
    assert managed.migration({"metadata": {}}) is None


KEY = st.builds(ResourceKey, *(st.text("ab", max_size=2) for _ in range(4)))
STEP = st.one_of(
    st.builds(lambda key, exists: Apply(key, {"name": list(key)}, exists), KEY, st.booleans()),
    st.builds(CreateNamespace, KEY),
    st.builds(Prune, KEY, st.text(max_size=3), st.sampled_from(["Foreground", "Background"])),
)
WAVE = st.builds(Wave, st.sampled_from(["PreSync", "Sync"]), st.integers(-3, 3), st.lists(STEP, max_size=3).map(tuple))
TEXT = st.text(max_size=3)
PLAN = st.builds(
    Plan,
    st.lists(WAVE, max_size=3).map(tuple),
    st.lists(st.builds(Kept, KEY, TEXT), max_size=2).map(tuple),
    st.lists(st.builds(Refused, KEY, TEXT), max_size=2).map(tuple),
)


@given(PLAN)
def test_a_recorded_plan_is_read_back_as_it_was(plan: Plan) -> None:
    manifests = {step.key: {"name": list(step.key)} for step in plan.steps}
    assert record.from_json(json.loads(json.dumps(record.to_json(plan))), manifests) == plan


def test_annotations_that_the_settings_name_are_hidden_in_secrets_only() -> None:
    notes = {"team/token": "hush", "team/other": "open"}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "annotations": notes}}
    config = {**secret, "kind": "ConfigMap"}
    changed = {**secret, "metadata": {"name": "s", "annotations": {**notes, "team/token": "new"}}}
    hidden, again, other, open_ = redact.hide([secret, secret, changed, config], annotations=("team/token",))
    assert "hush" not in str(hidden)
    assert hidden == again != other
    assert hidden["metadata"]["annotations"]["team/other"] == "open"
    assert open_ == config
