"""The schemas of a destination: read once, read again when they change, and `UNREAD` whenever that is not certain."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import orjson
import pytest

from argosy.engine.diff.schema import UNREAD, ByKeys, ListOf, MapOf, Struct
from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.errors import NotFound, Unreachable
from argosy.gateways.kubernetes.openapi import Schemas
from argosy.gateways.kubernetes.port import ApiResource

CONFIG_MAPS = ApiResource("", "v1", "ConfigMap", "configmaps", namespaced=True, verbs=frozenset())
DEPLOYMENTS = ApiResource("apps", "v1", "Deployment", "deployments", namespaced=True, verbs=frozenset())
DEFINITIONS = ApiResource(
    "apiextensions.k8s.io",
    "v1",
    "CustomResourceDefinition",
    "customresourcedefinitions",
    namespaced=False,
    verbs=frozenset(),
)


class Documents:
    """A cluster that has documents and nothing else; what is asked is noted, and what is broken raises."""

    server = "https://cluster.example"

    def __init__(self, **kinds: str) -> None:
        self.kinds = dict(kinds)
        self.asked: list[str] = []
        self.broken: dict[str, Exception] = {}
        self.raw: dict[str, bytes] = {}

    async def raw_get(self, path: str, *, query: Any = None) -> bytes:  # noqa: ARG002  (the port's)
        self.asked.append(path)
        await asyncio.sleep(0)
        if path in self.broken:
            raise self.broken[path]
        if path in self.raw:
            return self.raw[path]
        if path == "/openapi/v3":
            urls = {
                f"apis/{kind}.io/v1": f"/openapi/v3/apis/{kind}.io/v1?hash={mark}" for kind, mark in self.kinds.items()
            }
            return orjson.dumps({"paths": {place: {"serverRelativeURL": url} for place, url in urls.items()}})
        kind = path.split("/")[4].removesuffix(".io")
        described = {"group": f"{kind}.io", "version": "v1", "kind": kind}
        schema = {
            "type": "object",
            "properties": {"a": {"type": "string"}},
            "x-kubernetes-group-version-kind": [described],
        }
        return orjson.dumps({"components": {"schemas": {f"io.{kind}.v1.{kind}": schema}}})


def kind(name: str) -> ApiResource:
    return ApiResource(f"{name}.io", "v1", name, name, namespaced=True, verbs=frozenset())


async def test_a_kind_is_read_once_however_many_ask() -> None:
    cluster = Documents(one="1")
    schemas: Any = Schemas(cluster)  # type: ignore[arg-type]
    found = await asyncio.gather(*(schemas.of(kind("one")) for _ in range(5)))
    assert isinstance(found[0], Struct)
    assert all(each is found[0] for each in found)
    assert schemas.known(kind("one")) is found[0]
    assert cluster.asked == ["/openapi/v3", "/openapi/v3/apis/one.io/v1"]


async def test_only_what_has_changed_is_read_again() -> None:
    cluster = Documents(one="1", two="1")
    schemas: Any = Schemas(cluster)  # type: ignore[arg-type]
    one, two = await schemas.of(kind("one")), await schemas.of(kind("two"))
    await schemas.refresh()
    assert (schemas.known(kind("one")), schemas.known(kind("two"))) == (one, two)
    cluster.kinds["two"] = "2"
    cluster.asked.clear()
    await schemas.refresh()
    assert schemas.known(kind("one")) is one
    assert schemas.known(kind("two")) is None
    assert await schemas.of(kind("two")) is not two
    assert cluster.asked == ["/openapi/v3", "/openapi/v3/apis/two.io/v1"]


@pytest.mark.parametrize("path", ["/openapi/v3", "/openapi/v3/apis/one.io/v1"])
async def test_what_cannot_be_read_is_unread_for_a_while_and_never_guessed(path: str) -> None:
    cluster = Documents(one="1")
    cluster.broken[path] = Unreachable("down")
    schemas: Any = Schemas(cluster)  # type: ignore[arg-type]
    assert await schemas.of(kind("one")) is UNREAD
    asked = len(cluster.asked)
    assert await schemas.of(kind("one")) is UNREAD
    assert len(cluster.asked) == asked
    cluster.broken.clear()
    await schemas.refresh()
    assert isinstance(await schemas.of(kind("one")), Struct)


async def test_what_is_known_stays_when_the_index_cannot_be_read() -> None:
    cluster = Documents(one="1")
    schemas: Any = Schemas(cluster)  # type: ignore[arg-type]
    one = await schemas.of(kind("one"))
    cluster.broken["/openapi/v3"] = Unreachable("down")
    await schemas.refresh()
    assert schemas.known(kind("one")) is one


async def test_a_server_without_openapi_v3_is_asked_about_everything() -> None:
    cluster = Documents(one="1")
    cluster.broken["/openapi/v3"] = NotFound("no such path")
    schemas: Any = Schemas(cluster)  # type: ignore[arg-type]
    assert await schemas.of(kind("one")) is UNREAD


async def test_a_kind_that_no_document_describes_is_unread() -> None:
    cluster = Documents(one="1")
    schemas: Any = Schemas(cluster)  # type: ignore[arg-type]
    assert await schemas.of(kind("other")) is UNREAD
    assert await schemas.of(replace(kind("one"), kind="Other")) is UNREAD


NESTED = b'{"properties":{"a":' * 5000 + b"{}" + b"}}" * 5000
NAMED = b'{"components":{"schemas":{"x.one":'


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b'{"components": 1}',
        b"\xff\xfe",
        NAMED
        + b'{"x-kubernetes-group-version-kind":[{"group":"one.io","version":"v1","kind":"one"}],"properties":7}}}}',
        NAMED + NESTED + b"}}}",
    ],
    ids=["empty", "a list", "of other types", "no text", "a schema of other types", "too deep"],
)
async def test_b_83_a_document_of_another_shape_is_no_schema(document: bytes) -> None:
    cluster = Documents(one="1")
    cluster.raw["/openapi/v3/apis/one.io/v1"] = document
    schemas: Any = Schemas(cluster)  # type: ignore[arg-type]
    assert await schemas.of(kind("one")) is UNREAD


async def test_an_index_that_leads_elsewhere_is_not_followed() -> None:
    cluster = Documents(one="1")
    url = "https://elsewhere.example/openapi/v3/apis/one.io/v1"
    cluster.raw["/openapi/v3"] = orjson.dumps({"paths": {"apis/one.io/v1": {"serverRelativeURL": url}}})
    schemas: Any = Schemas(cluster)  # type: ignore[arg-type]
    assert await schemas.of(kind("one")) is UNREAD
    assert cluster.asked == ["/openapi/v3"]


@pytest.fixture
async def cluster(control_plane: Any) -> AsyncIterator[Any]:
    client = connect.from_kubeconfig(control_plane.kubeconfig)
    yield client
    await client.close()
    await asyncio.sleep(0.05)


def below(schema: Any, *names: str) -> Any:
    """Return the schema of a field; an empty name leads to the elements of a list or the values of a map."""
    for name in names:
        if isinstance(schema, ListOf):
            assert name == ""
            schema = schema.elements
        elif isinstance(schema, MapOf):
            assert name == ""
            schema = schema.values
        else:
            schema = schema.fields[name]
    return schema


async def test_kubernetes_own_kinds_say_how_they_merge_and_what_they_rewrite(cluster: Any) -> None:
    schemas = Schemas(cluster)
    pod = below(await schemas.of(DEPLOYMENTS), "spec", "template", "spec")
    assert below(pod, "containers").identity == ByKeys(("name",), ("",))
    assert below(pod, "containers", "", "ports").identity == ByKeys(("containerPort", "protocol"), (0, "TCP"))
    assert below(pod, "containers", "", "args").identity == "atomic"
    assert below(pod, "containers", "", "resources", "requests", "").form == "quantity"
    assert below(pod, "nodeSelector").merge == "atomic"
    assert below(await schemas.of(DEPLOYMENTS), "spec", "selector").merge == "atomic"
    data = await schemas.of(CONFIG_MAPS)
    assert below(data, "data").merge == "granular"
    assert below(data, "metadata") is below(await schemas.of(DEPLOYMENTS), "metadata")
    assert below(data, "binaryData", "").form == "bytes"


async def test_a_changed_definition_is_read_again(cluster: Any) -> None:
    name = f"k{next(itertools.count(id(cluster)))}"

    def definition(list_type: str) -> dict[str, Any]:
        items = {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": list_type}
        spec = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"list": items}}}}
        version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": spec}}
        names = {"kind": name.title(), "plural": name, "singular": name, "listKind": f"{name.title()}List"}
        spec = {"group": "schemas.argosy.example", "scope": "Namespaced", "names": names, "versions": [version]}
        metadata = {"name": f"{name}.schemas.argosy.example"}
        return {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": metadata,
            "spec": spec,
        }

    async def identity() -> Any:
        await schemas.refresh()
        schema = await schemas.of(resource)
        return None if schema is UNREAD else below(schema, "spec", "list").identity

    schemas = Schemas(cluster)
    resource = ApiResource("schemas.argosy.example", "v1", name.title(), name, namespaced=True, verbs=frozenset())
    own = await schemas.of(CONFIG_MAPS)
    for list_type in ("set", "atomic"):
        await cluster.apply(DEFINITIONS, definition(list_type))
        async with asyncio.timeout(30):
            while await identity() != list_type:  # noqa: ASYNC110  (a server is asked)
                await asyncio.sleep(0.1)
    assert schemas.known(CONFIG_MAPS) is own
    await cluster.delete(DEFINITIONS, definition("set")["metadata"]["name"])
