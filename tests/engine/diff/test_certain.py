"""What is certain without the API server, and on the strength of what: values, the schema, or our last receipt."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine import diff
from argosy.engine.diff.schema import UNREAD, Schema, canonical, openapi
from argosy.engine.model.resource import key_of
from argosy.engine.normalise import Rules
from argosy.engine.pairing import Pair

RULES = Rules()
QUANTITY = {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity"}
TEXT = {"type": "string"}
PORT = {
    "type": "object",
    "properties": {
        "number": {"type": "integer"},
        "protocol": {"type": "string", "default": "TCP"},
        "size": QUANTITY,
        "flag": {"type": "boolean"},
    },
}
FIELDS = {
    "ports": {
        "type": "array",
        "items": PORT,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["number", "protocol"],
    },
    "whole": {"type": "array", "items": PORT, "x-kubernetes-list-type": "atomic"},
    "tags": {"type": "array", "items": TEXT, "x-kubernetes-list-type": "set"},
    "sizes": {"type": "object", "additionalProperties": QUANTITY},
    "selector": {"type": "object", "additionalProperties": TEXT, "x-kubernetes-map-type": "atomic"},
    "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    "flag": {"type": "boolean"},
    "text": TEXT,
}


def schema_of(component: str) -> Schema:
    """Return a schema with these fields: of a Go type, or of a custom resource, as the name of the component says."""
    thing = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": FIELDS}, "metadata": {"type": "object"}},
        "x-kubernetes-group-version-kind": [{"group": "x.example", "version": "v1", "kind": "Thing"}],
    }
    document = {"components": {"schemas": {component: thing}}}
    return openapi.read(orjson.dumps(document), ("x.example", "v1", "Thing"), openapi.Shelf())


GO, CUSTOM = schema_of("io.k8s.api.x.v1.Thing"), schema_of("example.x.v1.Thing")


def thing(spec: Any, *, owned: Any = None, time: str = "2026-01-02T03:04:05Z") -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": "t", "namespace": "n"}
    if owned is not None:
        entry = {"manager": "argocd-controller", "operation": "Apply", "apiVersion": "x.example/v1", "time": time}
        metadata["managedFields"] = [{**entry, "fieldsV1": owned}]
    return {"apiVersion": "x.example/v1", "kind": "Thing", "metadata": metadata, "spec": spec}


def is_certain(desired: Any, live: Any, schema: Schema = GO, receipt: str = "", owned: Any = None) -> bool:
    pair = Pair(key_of(thing({})), thing(desired), thing(live, owned=owned))
    verdict = diff.compare(pair, RULES, schema=schema, applied=receipt)
    assert verdict in (diff.Same(), diff.AskServer(pair.key))
    return verdict == diff.Same()


CERTAIN = {
    "a quantity that is written in another way": ({"sizes": {"a": "1000m"}}, {"sizes": {"a": "1"}}),
    "a number for a quantity": ({"sizes": {"a": 0.5}}, {"sizes": {"a": "500m"}}),
    "a key that has a default": (
        {"ports": [{"number": 1}]},
        {"ports": [{"number": 1, "protocol": "TCP"}]},
    ),
    "the same number for two protocols": (
        {"ports": [{"number": 1, "protocol": "UDP"}]},
        {"ports": [{"number": 1, "protocol": "TCP"}, {"number": 1, "protocol": "UDP"}]},
    ),
    "what others added to a list by keys": (
        {"ports": [{"number": 2}]},
        {"ports": [{"number": 1, "protocol": "TCP"}, {"number": 2, "protocol": "TCP", "flag": True}]},
    ),
    "what others added to a set": ({"tags": ["b"]}, {"tags": ["a", "b"]}),
    "a default in a list that is replaced as a whole": ({"whole": [{}]}, {"whole": [{"protocol": "TCP"}]}),
    "a quantity in a list that is replaced as a whole": ({"whole": [{"size": 1}]}, {"whole": [{"size": "1"}]}),
    "free fields that others added": ({"free": {"a": 1}}, {"free": {"a": 1, "b": 2}}),
    "null, which a Go type does not keep": ({"flag": None}, {}),
    "an empty list, which a Go type does not keep": ({"tags": [], "sizes": {}}, {}),
}
UNCERTAIN = {
    "another value": ({"text": "a"}, {"text": "b"}),
    "a value that is not there": ({"text": "a"}, {}),
    "false, which a Go type may keep or not": ({"flag": False}, {}),
    "null in place of a value": ({"flag": None}, {"flag": True}),
    "true for a number": ({"free": {"a": True}}, {"free": {"a": 1}}),
    "another notation of the same quantity": ({"sizes": {"a": "1Gi"}}, {"sizes": {"a": "1073741824"}}),
    "another order of a list by keys": (
        {"ports": [{"number": 2}, {"number": 1}]},
        {"ports": [{"number": 1, "protocol": "TCP"}, {"number": 2, "protocol": "TCP"}]},
    ),
    "another order of a set": ({"tags": ["b", "a"]}, {"tags": ["a", "b"]}),
    "an element twice": ({"ports": [{"number": 1}, {"number": 1}]}, {"ports": [{"number": 1, "protocol": "TCP"}]}),
    "what others added to a map that is replaced as a whole": (
        {"selector": {"a": "1"}},
        {"selector": {"a": "1", "b": "2"}},
    ),
    "what others added in a list that is replaced as a whole": (
        {"whole": [{"number": 1}]},
        {"whole": [{"number": 1, "protocol": "TCP", "flag": True}]},
    ),
    "a field that the schema does not have": ({"unheard": {"a": []}}, {"unheard": {"a": []}}),
    "a list in a free field with more in it": ({"free": {"a": [{}]}}, {"free": {"a": [{"b": 1}]}}),
}


@pytest.mark.parametrize("name", list(CERTAIN))
def test_3_6_it_is_certain_that_nothing_changes(name: str) -> None:
    assert is_certain(*CERTAIN[name])


@pytest.mark.parametrize("name", list(UNCERTAIN))
def test_3_6_the_server_is_asked_about(name: str) -> None:
    assert not is_certain(*UNCERTAIN[name])


def test_a_custom_resource_keeps_what_a_go_type_drops() -> None:
    assert not is_certain({"flag": None}, {}, CUSTOM)
    assert not is_certain({"tags": []}, {}, CUSTOM)
    assert is_certain({"flag": None}, {"flag": None}, CUSTOM)


OWNED = {"f:spec": {"f:flag": {}, "f:selector": {}}}
DESIRED: dict[str, Any] = {"flag": False, "selector": {"a": "1"}}
RECEIPT = diff.receipt(thing(DESIRED), thing({"selector": {"a": "1"}}, owned=OWNED))


def test_an_untouched_object_is_known_by_the_mark_of_our_apply() -> None:
    assert is_certain(DESIRED, {"selector": {"a": "1"}}, UNREAD, RECEIPT, OWNED)


def test_a_mark_says_nothing_of_another_manifest() -> None:
    assert not is_certain({**DESIRED, "flag": None, "text": ""}, {"selector": {"a": "1"}}, GO, RECEIPT, OWNED)


def test_what_others_took_from_us_is_looked_at_and_the_rest_is_still_ours() -> None:
    rest = {"f:spec": {"f:flag": {}}}
    assert is_certain(DESIRED, {"selector": {"a": "1"}}, GO, RECEIPT, rest)
    assert not is_certain(DESIRED, {"selector": {"a": "2"}}, GO, RECEIPT, rest)
    assert not is_certain(DESIRED, {"selector": {"a": "1"}}, GO, RECEIPT, {"f:spec": {"f:selector": {}}})


def test_a_mark_of_another_apply_is_no_mark() -> None:
    """An object that was restored to an earlier state looks as if nobody had touched it."""
    live = thing({"selector": {"a": "0"}}, owned=OWNED, time="2026-01-01T00:00:00Z")
    pair = Pair(key_of(live), thing(DESIRED), live)
    assert diff.compare(pair, RULES, schema=GO, applied=RECEIPT) == diff.AskServer(pair.key)


def test_without_our_managed_fields_there_is_no_mark() -> None:
    assert diff.receipt(thing(DESIRED), thing(DESIRED)) == ""


def test_a_secret_has_no_mark() -> None:
    secret = {**thing({}, owned=OWNED), "apiVersion": "v1", "kind": "Secret", "data": {"a": "MQ=="}}
    assert diff.receipt(secret, secret) == ""


numbers = st.integers(-(10**6), 10**6)


@given(numbers, st.sampled_from(["", "k", "M"]))
def test_a_quantity_is_the_same_in_thousandths(number: int, suffix: str) -> None:
    smaller = {"": "m", "k": "", "M": "k"}[suffix]
    assert canonical.same(f"{number}{suffix}", f"{number * 1000}{smaller}", "quantity")
    assert not canonical.same(f"{number}{suffix}", f"{number * 1000 + 1}{smaller}", "quantity")


@pytest.mark.parametrize(
    ("left", "right", "form", "same"),
    [
        ("90s", "1m30s", "duration", True),
        ("90s", "90", "duration", False),
        ("2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00Z", "time", True),
        ("2026-01-01", "2026-01-01T00:00:00Z", "time", False),
        ("YWJj\nZGVm", "YWJjZGVm", "bytes", True),
        ("no quantity", "nor this", "quantity", False),
        ({}, "1", "quantity", False),
        (True, "1", "quantity", False),
        (1, 1.0, "plain", True),
        (1, True, "plain", False),
        ("1", 1, "plain", False),
    ],
)
def test_scalars_are_the_same_if_the_server_stores_them_alike(left: Any, right: Any, form: Any, same: Any) -> None:
    assert canonical.same(left, right, form) is same
    assert canonical.same(right, left, form) is same
