"""B-09 and B-10: documents that are no objects, and objects that lack what every object has."""

import json
from collections.abc import Mapping

from tests.corpus.rendering.cases import MAP, Case, Gives, Refuses, one


def _nested(depth: int) -> str:
    nested: object = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    for _ in range(depth):
        nested = {"apiVersion": "v1", "kind": "List", "items": [nested]}
    return json.dumps(nested)


def _named(metadata: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {metadata}\n"


NOTHING, ONE = Gives(()), Gives(("a",))

CASES: Mapping[str, Case] = {
    "B-09 only words": one("just words\n", NOTHING),
    "B-09 only a number": one("1\n", NOTHING),
    "B-09 words beside an object": one(
        f"just words\n---\n{MAP}", Refuses("document 1, line 1: it is a string, not an object")
    ),
    "B-09 a list in YAML": one(
        "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n", Refuses("it is a list, not an object")
    ),
    "B-09 a list in JSON": one(
        '[{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}]',
        Refuses("it is a list, not an object"),
        name="a.json",
    ),
    "B-09 a List": one(_nested(1), ONE, name="a.json"),
    "B-09 a List in a List": one(
        _nested(2), Refuses(r"a\.json, document 1, line 1, items\[0\]: .* not a list itself"), name="a.json"
    ),
    "B-09 Lists 50 deep": one(_nested(50), Refuses(r"not a list itself"), name="a.json"),
    "B-09 a List of null": one("apiVersion: v1\nkind: List\nmetadata: {}\nitems: null\n", NOTHING),
    "B-09 a List of words": one("apiVersion: v1\nkind: List\nmetadata: {}\nitems: [word]\n", Refuses(r"items\[0\]: ")),
    "B-09 a List with null in it": one(
        "apiVersion: v1\nkind: List\nmetadata: {}\nitems: [null]\n", Refuses(r"items\[0\]: ")
    ),
    "B-09 items that are no list": one(
        "apiVersion: v1\nkind: List\nmetadata: {}\nitems: {a: b}\n", Refuses(r"List: metadata\.name must be set")
    ),
    "B-10 no apiVersion": one("kind: ConfigMap\nmetadata: {name: a}\n", Refuses("ConfigMap: apiVersion must be set")),
    "B-10 no kind": one("apiVersion: v1\nmetadata: {name: a}\n", Refuses("kind must be set")),
    "B-10 kind is a number": one(
        "apiVersion: v1\nkind: 7\nmetadata: {name: a}\n", Refuses("kind must be set, to a string")
    ),
    "B-10 metadata is a list": one(_named("[name]"), Refuses("metadata must be set, to an object")),
    "B-10 no name": one(_named("{labels: {a: b}}"), Refuses(r"metadata\.name must be set")),
    "B-10 an empty name": one(_named("{name: ''}"), Refuses(r"metadata\.name must be set")),
    "B-10 a number as name": one(_named("{name: 12}"), Refuses(r"metadata\.name must be a string")),
    "B-10 a number as namespace": one(
        _named("{name: a, namespace: 1}"), Refuses(r"metadata\.namespace must be a string")
    ),
    "B-10 labels that are a list": one(
        _named("{name: a, labels: [a]}"), Refuses(r"metadata\.labels must be an object")
    ),
    "B-10 a number as annotation": one(
        _named("{name: a, annotations: {x: 1}}"), Refuses(r"annotations\['x'\] must be a string")
    ),
    # Names are for the API server to judge: it knows the rule of each kind, and is asked before anything is written.
    "B-10 a name of 254 characters": one(_named(f"{{name: {'a' * 254}}}"), Gives(("a" * 254,))),
    "B-10 a name with dots and slashes": one(_named("{name: ../../a/Ü}"), Gives(("../../a/Ü",))),
    "B-10 annotations of 256 KiB": one(
        _named(f"{{name: a, annotations: {{x: {'y' * 262_145}}}}}"), Refuses("limit", "limit_exceeded")
    ),
}
