"""What is left of an object before it is compared: rules 3.7 to 3.14, each by the line that it comes from."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine.model.application import IgnoreDifference
from argosy.engine.model.resource import GroupKind, Manifest
from argosy.engine.normalise import KnownType, Rule, Rules, normalise
from argosy.engine.normalise.rules import StatusField

ROLE = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "a"}}
SOMEWHERE = {"rules": [{"verbs": ["get"]}]}


def thing(**fields: Any) -> Manifest:
    return {"apiVersion": "example.org/v1", "kind": "Thing", "metadata": {"name": "a", "namespace": "n"}, **fields}


def ignoring(*pointers: str, **about: Any) -> Rules:
    return Rules((IgnoreDifference(**{"group": "*", "kind": "*", **about, "json_pointers": pointers}),))


def secret(**fields: Any) -> Manifest:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, **fields}


def test_3_7_the_time_of_creation_never_counts() -> None:
    assert normalise({**thing(), "metadata": {"name": "a", "creationTimestamp": None}}, Rules())["metadata"] == {
        "name": "a"
    }


def test_3_7_string_data_is_folded_into_data() -> None:
    found = normalise(secret(stringData={"a": "x"}, data={"a": "b2xk", "b": "eQ=="}), Rules())
    assert found == secret(data={"a": "eA==", "b": "eQ=="})


@pytest.mark.parametrize("value", ["not base64!", "eA=", "a", "ü"])
def test_3_7_invalid_base64_is_compared_as_it_is(value: str) -> None:
    assert normalise(secret(data={"a": value}), Rules())["data"] == {"a": value}


@pytest.mark.parametrize(("written", "stored"), [("eHh4\neHg=\n", "eHh4eHg="), (None, ""), (7, 7)])
def test_3_7_base64_is_compared_in_one_form(written: Any, stored: Any) -> None:
    assert normalise(secret(data={"a": written}), Rules())["data"] == {"a": stored}


@pytest.mark.parametrize(
    "broken",
    [
        {"data": "x"},
        {"stringData": "x"},
        {"stringData": {"a": 1}},
        {"data": None},
        {"data": "x", "stringData": {"a": "b"}},
    ],
)
def test_3_7_a_secret_of_another_shape_is_no_error(broken: Any) -> None:
    normalise(secret(**broken), Rules())


def test_3_7_empty_string_data_is_nothing() -> None:
    assert normalise(secret(stringData={}), Rules()) == secret()


def test_3_7_aggregated_roles_lose_their_rules_if_they_do_not_count() -> None:
    aggregated = {**ROLE, **SOMEWHERE, "aggregationRule": {"clusterRoleSelectors": [{}]}}
    assert "rules" not in normalise(aggregated, Rules(ignore_aggregated_roles=True))
    assert "rules" in normalise(aggregated, Rules())
    assert "rules" in normalise({**ROLE, **SOMEWHERE}, Rules(ignore_aggregated_roles=True))
    assert "rules" in normalise({**aggregated, "apiVersion": "other/v1"}, Rules(ignore_aggregated_roles=True))


@pytest.mark.parametrize("none", [None, []])
def test_3_7_a_role_without_rules_is_the_same_however_that_is_written(none: Any) -> None:
    assert normalise({**ROLE, "rules": none}, Rules()) == normalise(ROLE, Rules())


def endpoints(*subsets: Any) -> Manifest:
    return {"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "a"}, "subsets": list(subsets)}


def test_3_7_the_order_of_endpoints_does_not_count() -> None:
    one = {"addresses": [{"ip": "10.0.0.2"}, {"ip": "10.0.0.1"}], "ports": [{"port": 2}, {"port": 1}]}
    same = {"addresses": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.2"}], "ports": [{"port": 1}, {"port": 2}]}
    other = {"notReadyAddresses": [{"ip": "10.0.0.3"}]}
    assert normalise(endpoints(one, other), Rules()) == normalise(endpoints(other, same), Rules())
    assert normalise(endpoints(one), Rules()) != normalise(endpoints(other), Rules())


@pytest.mark.parametrize("odd", [None, "x", [1], [{"addresses": "x"}]])
def test_3_7_endpoints_of_another_shape_are_no_error(odd: Any) -> None:
    normalise({**endpoints(), "subsets": odd}, Rules())


@pytest.mark.parametrize(
    ("mode", "of_things", "of_definitions"), [("all", False, False), ("crd", True, False), ("none", True, True)]
)
def test_3_8_status_counts_as_the_settings_say(mode: StatusField, of_things: bool, of_definitions: bool) -> None:
    definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "status": {"a": 1}}
    assert ("status" in normalise(thing(status={"a": 1}), Rules(ignore_status=mode))) is of_things
    assert ("status" in normalise(definition, Rules(ignore_status=mode))) is of_definitions


@pytest.mark.parametrize(
    ("about", "covered"),
    [
        ({"group": "*", "kind": "*"}, True),
        ({"group": "*.org", "kind": "Th*"}, True),
        ({"group": "example.{org,net}", "kind": "T?ing"}, True),
        ({"group": "", "kind": "Thing"}, False),
        ({"group": "example.org", "kind": "Thin"}, False),
        ({"name": "a", "namespace": "n"}, True),
        ({"name": "a*"}, False),
        ({"namespace": "*"}, False),
    ],
)
def test_3_10_group_and_kind_are_globs_and_the_name_is_exact(about: dict[str, str], covered: bool) -> None:
    assert ("spec" not in normalise(thing(spec={"a": 1}), ignoring("/spec", **about))) is covered


def test_3_10_the_core_group_is_the_empty_one() -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {}}
    assert "spec" not in normalise(service, Rules((IgnoreDifference(kind="Service", json_pointers=("/spec",)),)))


@pytest.mark.parametrize(
    ("pointer", "left"),
    [
        ("/spec/a~1b", {"~": 2, "list": [1, 2]}),
        ("/spec/~0", {"a/b": 1, "list": [1, 2]}),
        ("/spec/list/0", {"a/b": 1, "~": 2, "list": [2]}),
        ("/spec/list/2", {"a/b": 1, "~": 2, "list": [1, 2]}),
        ("/spec/list/-", {"a/b": 1, "~": 2, "list": [1, 2]}),
        ("/spec/none/of/it", {"a/b": 1, "~": 2, "list": [1, 2]}),
        ("spec", {"a/b": 1, "~": 2, "list": [1, 2]}),
        ("", {"a/b": 1, "~": 2, "list": [1, 2]}),
        ("/spec/list/" + "9" * 5000, {"a/b": 1, "~": 2, "list": [1, 2]}),
    ],
)
def test_3_11_pointers_are_rfc_6901(pointer: str, left: Any) -> None:
    assert normalise(thing(spec={"a/b": 1, "~": 2, "list": [1, 2]}), ignoring(pointer))["spec"] == left


def test_3_11_a_map_of_which_everything_is_ignored_is_no_difference() -> None:
    noted = {**thing(), "metadata": {**thing()["metadata"], "annotations": {"x": "1"}}}
    assert normalise(noted, ignoring("/metadata/annotations/x")) == normalise(thing(), ignoring())


def test_3_12_and_3_13_the_rules_of_the_settings_and_of_the_application_both_count() -> None:
    system = Rule("argocd-cm", IgnoreDifference(group="example.org", kind="Thing", json_pointers=("/spec/a",)))
    rules = Rules((IgnoreDifference(group="*", kind="*", json_pointers=("/spec/b",)),), system=(system,))
    assert normalise(thing(spec={"a": 1, "b": 2, "c": 3}), rules)["spec"] == {"c": 3}
    assert [rule.origin for rule in rules.about(thing())] == ["argocd-cm", "the application's ignoreDifferences[0]"]


def pods(**container: Any) -> Manifest:
    rollout = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "a"}}
    return {**rollout, "spec": {"template": {"spec": {"containers": [{"name": "a", **container}]}}}}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"resources": {"limits": {"cpu": "0.1"}}}, {"resources": {"limits": {"cpu": "100m"}}}),
        ({"resources": {"limits": {"memory": "1024Mi"}}}, {"resources": {"limits": {"memory": "1Gi"}}}),
        ({"resources": {"limits": {"cpu": 1}}}, {"resources": {"limits": {"cpu": "1"}}}),
        ({"resources": {}}, {}),
        ({"stdin": False, "env": [], "command": None}, {}),
        ({"ports": [{"containerPort": 80, "hostPort": 0}]}, {"ports": [{"containerPort": 80}]}),
    ],
)
def test_3_14_a_rollouts_pods_are_known_without_being_told(one: Any, other: Any) -> None:
    assert normalise(pods(**one), Rules()) == normalise(pods(**other), Rules())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"resources": {"limits": {"cpu": "1"}}}, {"resources": {"limits": {"cpu": "2"}}}),
        ({"securityContext": {"runAsUser": 0}}, {"securityContext": {}}),
        ({"securityContext": {"privileged": False}}, {"securityContext": {}}),
        ({"env": [{"name": "A", "value": "1000m"}]}, {"env": [{"name": "A", "value": "1"}]}),
    ],
)
def test_3_14_what_means_something_else_stays_different(one: Any, other: Any) -> None:
    assert normalise(pods(**one), Rules()) != normalise(pods(**other), Rules())


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("core/Quantity", "0.5", "500m"),
        ("meta/v1/Duration", "90s", "1m30s"),
        ("core/v1/ResourceRequirements", {"limits": {"cpu": "0.5"}}, {"limits": {"cpu": "500m"}}),
        ("core/v1/PodSpec", {"hostNetwork": False}, {}),
    ],
)
def test_3_14_fields_are_of_the_types_that_the_settings_say(kind: str, one: Any, other: Any) -> None:
    rules = Rules(known_types=(KnownType(GroupKind("example.org", "Thing"), ("spec", "list", "of"), kind),))
    left, right = (normalise(thing(spec={"list": [{"of": value}]}), rules) for value in (one, other))
    assert left == right
    assert normalise(thing(spec={"other": one}), rules) == thing(spec={"other": one})


@pytest.mark.parametrize("odd", [None, 1, True, "x", [], {}, [None]])
@pytest.mark.parametrize("kind", ["core/Quantity", "meta/v1/Duration", "core/v1/PodSpec"])
def test_3_14_a_field_of_another_shape_is_no_error(kind: str, odd: Any) -> None:
    rules = Rules(known_types=(KnownType(GroupKind("example.org", "Thing"), ("spec",), kind),))
    normalise(thing(spec=odd), rules)
    normalise(thing(spec={"limits": odd, "requests": {"cpu": odd}, "sizeLimit": odd}), rules)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab1m", max_size=3),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text("xyz", min_size=1, max_size=2), children, max_size=3)
    ),
    max_leaves=12,
)


@given(spec=json_values, pointer=st.lists(st.text("xyz01~/", max_size=2), max_size=3))
def test_what_was_rewritten_is_not_rewritten_again_and_nothing_is_edited(spec: Any, pointer: list[str]) -> None:
    rules = Rules(
        ignore=(IgnoreDifference(group="*", kind="*", json_pointers=("/spec/x/y",)),),
        known_types=(KnownType(GroupKind("example.org", "Thing"), ("spec",), "core/v1/PodSpec"),),
    )
    before = repr(thing(spec=spec))
    given_one = thing(spec=spec)
    once = normalise(given_one, rules)
    assert normalise(once, rules) == once
    assert repr(given_one) == before
    normalise(given_one, ignoring("/spec/" + "/".join(pointer)))
