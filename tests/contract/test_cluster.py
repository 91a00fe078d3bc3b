"""What `gateways.kubernetes.port.Cluster` promises, asked of the real client on a real control plane and of memory."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

import orjson
import pytest

from argosy.engine.model.resource import GroupKind, Manifest
from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.errors import (
    AlreadyExists,
    ClusterError,
    Conflict,
    Gone,
    Invalid,
    NotFound,
    TooManyRequests,
    Unauthorized,
)
from argosy.gateways.kubernetes.memory import MemoryCluster, Unpromised
from argosy.gateways.kubernetes.port import (
    ApiResource,
    Bookmark,
    Changed,
    Cluster,
    Deleted,
    Precondition,
    Shape,
    WatchEvent,
)

BOTH = ("memory", "real")
REAL = ("real",)

PROMISES = {
    "test_discovery_finds_kinds_in_their_preferred_version": BOTH,
    "test_reads_back_what_was_created": BOTH,
    "test_creating_twice_is_refused": BOTH,
    "test_what_is_not_there_is_not_found": BOTH,
    "test_replacing_an_old_version_is_a_conflict": BOTH,
    "test_a_merge_patch_changes_and_removes_fields": BOTH,
    "test_a_merge_patch_of_an_old_version_is_a_conflict": BOTH,
    "test_deleting_another_than_was_meant_is_a_conflict": BOTH,
    "test_a_finalizer_delays_deletion": BOTH,
    "test_a_list_comes_in_pages_of_whole_objects": BOTH,
    "test_a_list_can_be_limited_to_labels": BOTH,
    "test_metadata_alone_is_listed_and_watched": BOTH,
    "test_what_we_may_do_is_told": BOTH,
    "test_what_an_identity_may_not_do_is_told": REAL,
    "test_a_watch_tells_what_happened_since_a_version": BOTH,
    "test_a_watch_of_labels_says_deleted_when_the_label_goes": BOTH,
    "test_apply_creates_and_then_changes_nothing": REAL,
    "test_apply_takes_fields_over_from_others": REAL,
    "test_a_dry_run_changes_nothing": REAL,
    "test_an_unknown_field_is_refused_with_its_name": REAL,
    "test_patches_of_all_types": REAL,
    "test_a_json_patch_whose_test_fails_is_refused": REAL,
    "test_a_version_that_is_too_old_is_gone": REAL,
    "test_a_refused_secret_does_not_show_its_values": REAL,
    "test_names_cannot_lead_out_of_their_path": REAL,
    "test_a_new_definition_is_discovered": REAL,
    "test_reads_paths_as_they_are": REAL,
    "test_a_wrong_token_is_unauthorized": REAL,
    "test_the_servers_certificate_is_verified": REAL,
}

CONFIG_MAPS = ApiResource(
    "", "v1", "ConfigMap", "configmaps", namespaced=True, verbs=frozenset({"get", "list", "watch", "create"})
)
SECRETS = ApiResource("", "v1", "Secret", "secrets", namespaced=True, verbs=frozenset({"get", "list"}))
DEPLOYMENTS = ApiResource("apps", "v1", "Deployment", "deployments", namespaced=True, verbs=frozenset({"get", "list"}))
DEFINITIONS = ApiResource(
    "apiextensions.k8s.io",
    "v1",
    "CustomResourceDefinition",
    "customresourcedefinitions",
    namespaced=False,
    verbs=frozenset({"get", "list"}),
)


@dataclass(frozen=True)
class World:
    cluster: Cluster
    namespace: str

    def config_map(self, name: str = "one", **fields: object) -> Manifest:
        """A ConfigMap; keyword arguments are its data, `labels` and `metadata` apart."""
        metadata = {"name": name, "namespace": self.namespace, **fields.pop("metadata", {})}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": fields}

    async def get(self, name: str = "one") -> Manifest:
        return await self.cluster.get(CONFIG_MAPS, name, namespace=self.namespace)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "world" in metafunc.fixturenames:
        gateways = PROMISES[metafunc.function.__name__]
        marks = {"memory": (), "real": (pytest.mark.cluster,)}
        metafunc.parametrize("world", [pytest.param(each, marks=marks[each]) for each in gateways], indirect=True)


@pytest.fixture
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "memory":
        yield World(MemoryCluster([CONFIG_MAPS, DEPLOYMENTS]), "test")
        return
    cluster = connect.from_kubeconfig(request.getfixturevalue("control_plane").kubeconfig)
    yield World(cluster, request.getfixturevalue("namespace"))
    await cluster.close()


def test_every_promise_is_tested_and_every_test_is_a_promise() -> None:
    written = {name for name, value in globals().items() if name.startswith("test_") and "world" in _arguments(value)}
    assert written == set(PROMISES)


def _arguments(function: Callable[..., object]) -> tuple[str, ...]:
    return function.__code__.co_varnames[: function.__code__.co_argcount]


async def test_memory_refuses_what_it_does_not_promise() -> None:
    memory = MemoryCluster([CONFIG_MAPS])
    for asked in (
        memory.apply(CONFIG_MAPS, {}),
        memory.create(CONFIG_MAPS, {}, dry_run=True),
        memory.patch(CONFIG_MAPS, "one", [], patch_type="json"),
        memory.raw_get("/readyz"),
    ):
        with pytest.raises(Unpromised, match="tested on the real control plane"):
            await asked


async def test_memory_fails_on_command_and_records_writes() -> None:
    memory = MemoryCluster([CONFIG_MAPS])
    memory.fail_next("create", Conflict("scripted"))
    manifest = {"metadata": {"name": "one", "namespace": "test"}}
    with pytest.raises(Conflict, match="scripted"):
        await memory.create(CONFIG_MAPS, manifest)
    await memory.create(CONFIG_MAPS, manifest)
    await memory.delete(CONFIG_MAPS, "one", namespace="test")
    assert [(write.verb, write.name) for write in memory.writes] == [("create", "one"), ("delete", "one")]


async def test_discovery_finds_kinds_in_their_preferred_version(world: World) -> None:
    found = await world.cluster.discover()
    (deployment,) = (
        each for each in found.resources if each.preferred and each.group_kind == GroupKind("apps", "Deployment")
    )
    assert (deployment.api_version, deployment.plural, deployment.namespaced) == ("apps/v1", "deployments", True)
    assert found.server_version.startswith("v1.")
    assert found.failed == ()


async def test_reads_back_what_was_created(world: World) -> None:
    created = await world.cluster.create(CONFIG_MAPS, world.config_map(a="1"))
    assert created["data"] == {"a": "1"}
    assert created["metadata"]["uid"]
    assert await world.get() == created


async def test_creating_twice_is_refused(world: World) -> None:
    await world.cluster.create(CONFIG_MAPS, world.config_map())
    with pytest.raises(AlreadyExists, match="one"):
        await world.cluster.create(CONFIG_MAPS, world.config_map())


async def test_what_is_not_there_is_not_found(world: World) -> None:
    for asked in (
        world.get("missing"),
        world.cluster.replace(CONFIG_MAPS, world.config_map("missing")),
        world.cluster.patch(CONFIG_MAPS, "missing", {"data": {}}, namespace=world.namespace),
        world.cluster.delete(CONFIG_MAPS, "missing", namespace=world.namespace),
    ):
        with pytest.raises(NotFound, match="missing"):
            await asked


async def test_replacing_an_old_version_is_a_conflict(world: World) -> None:
    created = await world.cluster.create(CONFIG_MAPS, world.config_map(a="1"))
    changed = await world.cluster.replace(CONFIG_MAPS, {**created, "data": {"a": "2"}})
    assert changed["metadata"]["resourceVersion"] != created["metadata"]["resourceVersion"]
    with pytest.raises(Conflict, match="modified"):
        await world.cluster.replace(CONFIG_MAPS, {**created, "data": {"a": "3"}})
    assert (await world.get())["data"] == {"a": "2"}


async def test_a_merge_patch_changes_and_removes_fields(world: World) -> None:
    await world.cluster.create(CONFIG_MAPS, world.config_map(a="1", b="2"))
    patched = await world.cluster.patch(CONFIG_MAPS, "one", {"data": {"a": None, "c": "3"}}, namespace=world.namespace)
    assert patched["data"] == {"b": "2", "c": "3"}
    assert await world.get() == patched


async def test_a_merge_patch_of_an_old_version_is_a_conflict(world: World) -> None:
    created = await world.cluster.create(CONFIG_MAPS, world.config_map(a="1"))
    await world.cluster.patch(CONFIG_MAPS, "one", {"data": {"a": "2"}}, namespace=world.namespace)
    old = {"metadata": {"resourceVersion": created["metadata"]["resourceVersion"]}, "data": {"a": "3"}}
    with pytest.raises(Conflict, match="modified"):
        await world.cluster.patch(CONFIG_MAPS, "one", old, namespace=world.namespace)


async def test_deleting_another_than_was_meant_is_a_conflict(world: World) -> None:
    created = (await world.cluster.create(CONFIG_MAPS, world.config_map()))["metadata"]
    for wrong in (Precondition(uid="another"), Precondition(resource_version="1")):
        with pytest.raises(Conflict):
            await world.cluster.delete(CONFIG_MAPS, "one", namespace=world.namespace, precondition=wrong)
    right = Precondition(uid=created["uid"], resource_version=created["resourceVersion"])
    await world.cluster.delete(CONFIG_MAPS, "one", namespace=world.namespace, precondition=right, propagation="Orphan")
    await _wait_until_gone(world)


async def test_a_finalizer_delays_deletion(world: World) -> None:
    await world.cluster.create(CONFIG_MAPS, world.config_map(metadata={"finalizers": ["example.com/wait"]}))
    await world.cluster.delete(CONFIG_MAPS, "one", namespace=world.namespace, propagation="Background")
    assert (await world.get())["metadata"]["deletionTimestamp"]
    await world.cluster.patch(CONFIG_MAPS, "one", {"metadata": {"finalizers": None}}, namespace=world.namespace)
    await _wait_until_gone(world)


async def _wait_until_gone(world: World) -> None:
    while True:
        try:
            await world.get()
        except NotFound:
            return
        await asyncio.sleep(0.05)


async def test_a_list_comes_in_pages_of_whole_objects(world: World) -> None:
    label = {"labels": {"paged": "yes"}}
    for number in range(5):
        await world.cluster.create(CONFIG_MAPS, world.config_map(f"page-{number}", metadata=label))
    names, after, sizes = [], "", []
    while True:
        page = await world.cluster.list_page(
            CONFIG_MAPS, namespace=world.namespace, label_selector="paged=yes", limit=2, after=after
        )
        found = [orjson.loads(item) for item in page.items]
        assert {(each["apiVersion"], each["kind"]) for each in found} == {("v1", "ConfigMap")}
        names += [each["metadata"]["name"] for each in found]
        sizes.append(len(found))
        after = page.next
        if not after:
            break
    assert sizes == [2, 2, 1]
    assert names == [f"page-{number}" for number in range(5)]


async def test_a_list_can_be_limited_to_labels(world: World) -> None:
    await world.cluster.create(CONFIG_MAPS, world.config_map("a", metadata={"labels": {"x": "1", "y": "2"}}))
    await world.cluster.create(CONFIG_MAPS, world.config_map("b", metadata={"labels": {"x": "2"}}))
    for selector, expected in (("x=1", ["a"]), ("x", ["a", "b"]), ("x=1,y=2", ["a"]), ("x=2,y=2", [])):
        page = await world.cluster.list_page(CONFIG_MAPS, namespace=world.namespace, label_selector=selector)
        assert [orjson.loads(item)["metadata"]["name"] for item in page.items] == expected


async def test_metadata_alone_is_listed_and_watched(world: World) -> None:
    created = await world.cluster.create(CONFIG_MAPS, world.config_map(a="1"))
    page = await world.cluster.list_page(CONFIG_MAPS, namespace=world.namespace, shape="metadata")
    part = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": created["metadata"]}
    assert [each for each in map(orjson.loads, page.items) if each["metadata"]["name"] == "one"] == [part]
    watching = asyncio.create_task(_events(world, page.resource_version, 3, shape="metadata"))
    changed = await world.cluster.patch(CONFIG_MAPS, "one", {"data": {"a": "2"}}, namespace=world.namespace)
    await world.cluster.delete(CONFIG_MAPS, "one", namespace=world.namespace, propagation="Background")
    _, seen, gone = await watching
    assert isinstance(seen, Changed)
    assert isinstance(gone, Deleted)
    assert orjson.loads(seen.manifest) == {**part, "metadata": changed["metadata"]}
    assert orjson.loads(gone.manifest).keys() == part.keys()


async def test_what_we_may_do_is_told(world: World) -> None:
    assert await world.cluster.may("list", CONFIG_MAPS)
    assert await world.cluster.may("list", CONFIG_MAPS, namespace=world.namespace)


async def test_what_an_identity_may_not_do_is_told(world: World, control_plane) -> None:
    accounts = ApiResource("", "v1", "ServiceAccount", "serviceaccounts", namespaced=True, verbs=frozenset())
    path = f"/api/v1/namespaces/{world.namespace}/{accounts.plural}/default/token"
    with control_plane.main.client() as http:
        token = http.post(path, json={"spec": {}}).raise_for_status().json()["status"]["token"]
    tls = {"caData": _ca(control_plane)}
    nobody = connect.from_settings(control_plane.main.server, {"bearerToken": token, "tlsClientConfig": tls})
    assert not await nobody.may("list", SECRETS)
    assert not await nobody.may("list", SECRETS, namespace=world.namespace)
    await nobody.close()


async def _events(
    world: World, version: str, count: int, *, label_selector: str = "", shape: Shape = "whole"
) -> list[WatchEvent]:
    """Watch from a version until so many events have come, later bookmarks apart."""
    found: list[WatchEvent] = []
    watch = world.cluster.watch(
        CONFIG_MAPS,
        resource_version=version,
        namespace=world.namespace,
        label_selector=label_selector,
        shape=shape,
    )
    async with asyncio.timeout(20), aclosing(watch) as events:
        async for event in events:
            if not found or not isinstance(event, Bookmark):
                found.append(event)
            if len(found) == count:
                break
    return found


async def test_a_watch_tells_what_happened_since_a_version(world: World) -> None:
    created = await world.cluster.create(CONFIG_MAPS, world.config_map(a="1"))
    version = created["metadata"]["resourceVersion"]
    watching = asyncio.create_task(_events(world, version, 4))
    await world.cluster.patch(CONFIG_MAPS, "one", {"data": {"a": "2"}}, namespace=world.namespace)
    await world.cluster.delete(CONFIG_MAPS, "one", namespace=world.namespace, propagation="Background")
    await world.cluster.create(CONFIG_MAPS, world.config_map("two"))
    first, *others = await watching
    assert first == Bookmark(version)
    assert [type(event) for event in others] == [Changed, Deleted, Changed]
    manifests = [orjson.loads(event.manifest) for event in others]
    assert [each["metadata"]["name"] for each in manifests] == ["one", "one", "two"]
    assert manifests[0]["data"] == {"a": "2"}
    assert {(each["apiVersion"], each["kind"]) for each in manifests} == {("v1", "ConfigMap")}
    versions = [int(each["metadata"]["resourceVersion"]) for each in manifests]
    assert versions == sorted(set(versions))


async def test_a_watch_of_labels_says_deleted_when_the_label_goes(world: World) -> None:
    created = await world.cluster.create(CONFIG_MAPS, world.config_map(metadata={"labels": {"x": "1"}}))
    version = created["metadata"]["resourceVersion"]
    await world.cluster.patch(CONFIG_MAPS, "one", {"metadata": {"labels": {"x": "2"}}}, namespace=world.namespace)
    _, event = await _events(world, version, 2, label_selector="x=1")
    assert isinstance(event, Deleted)


async def test_apply_creates_and_then_changes_nothing(world: World) -> None:
    first = await world.cluster.apply(CONFIG_MAPS, world.config_map(a="1"))
    again = await world.cluster.apply(CONFIG_MAPS, world.config_map(a="1"))
    assert again["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    (entry,) = first["metadata"]["managedFields"]
    assert (entry["manager"], entry["operation"]) == ("argocd-controller", "Apply")
    changed = await world.cluster.apply(CONFIG_MAPS, world.config_map(b="2"))
    assert changed["data"] == {"b": "2"}


async def test_apply_takes_fields_over_from_others(world: World) -> None:
    await world.cluster.create(CONFIG_MAPS, world.config_map(a="1", kept="yes"))
    applied = await world.cluster.apply(CONFIG_MAPS, world.config_map(a="2"))
    assert applied["data"] == {"a": "2", "kept": "yes"}


async def test_a_dry_run_changes_nothing(world: World) -> None:
    predicted = await world.cluster.apply(CONFIG_MAPS, world.config_map(a="1"), dry_run=True)
    assert predicted["data"] == {"a": "1"}
    with pytest.raises(NotFound):
        await world.get()
    await world.cluster.create(CONFIG_MAPS, world.config_map(a="1"))
    await world.cluster.patch(CONFIG_MAPS, "one", {"data": {"a": "2"}}, namespace=world.namespace, dry_run=True)
    assert (await world.get())["data"] == {"a": "1"}


async def test_an_unknown_field_is_refused_with_its_name(world: World) -> None:
    manifest = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "one", "namespace": world.namespace},
        "spec": {"replicaz": 1},
    }
    with pytest.raises(Invalid, match=r"\.spec\.replicaz: field not declared in schema"):
        await world.cluster.apply(DEPLOYMENTS, manifest)


async def test_patches_of_all_types(world: World) -> None:
    await world.cluster.create(CONFIG_MAPS, world.config_map(a="1"))
    operations = [{"op": "replace", "path": "/data/a", "value": "2"}]
    patched = await world.cluster.patch(CONFIG_MAPS, "one", operations, namespace=world.namespace, patch_type="json")
    assert patched["data"] == {"a": "2"}
    patched = await world.cluster.patch(
        CONFIG_MAPS, "one", {"data": {"b": "3"}}, namespace=world.namespace, patch_type="strategic"
    )
    assert patched["data"] == {"a": "2", "b": "3"}


async def test_a_json_patch_whose_test_fails_is_refused(world: World) -> None:
    await world.cluster.create(CONFIG_MAPS, world.config_map(a="1"))
    operations = [
        {"op": "test", "path": "/data/a", "value": "other"},
        {"op": "replace", "path": "/data/a", "value": "2"},
    ]
    with pytest.raises(Invalid):
        await world.cluster.patch(CONFIG_MAPS, "one", operations, namespace=world.namespace, patch_type="json")
    assert (await world.get())["data"] == {"a": "1"}


async def test_a_refused_secret_does_not_show_its_values(world: World) -> None:
    def secret(**fields: object) -> Manifest:
        return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": world.namespace}, **fields}

    refused = (
        secret(data={"password": "hunter2!"}),
        secret(stringData={"password": 31415926535}),
        secret(data={"bad/key": "aHVudGVyMg=="}),
    )
    for manifest in refused:
        for ask in (world.cluster.apply, world.cluster.create):
            with pytest.raises(ClusterError) as error:
                await ask(SECRETS, manifest)
            assert f"secrets {world.namespace}/s" in str(error.value)
            for value in ("hunter2", "31415926535", "aHVudGVyMg"):
                assert value not in str(error.value)


async def test_names_cannot_lead_out_of_their_path(world: World) -> None:
    for name in ("..", ".", ""):
        with pytest.raises(Invalid, match="not a name"):
            await world.cluster.get(CONFIG_MAPS, name, namespace=world.namespace)
    for name in ("../../secrets/x", "a/b", "a?watch=1", "a#b", "%2e%2e"):
        with pytest.raises((NotFound, Invalid)) as error:
            await world.cluster.get(CONFIG_MAPS, name, namespace=world.namespace)
        assert f"configmaps {world.namespace}/{name}" in str(error.value)


@asynccontextmanager
async def _widgets(world: World) -> AsyncIterator[ApiResource]:
    """Define a kind with two versions, wait until it is served, and remove it afterwards."""
    group = f"{world.namespace}.example.com"
    names = {"plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"}
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    versions = [{"name": "v1alpha1", "served": True, "storage": False, "schema": schema}]
    versions.append({"name": "v1", "served": True, "storage": True, "schema": schema})
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"widgets.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": versions},
    }
    await world.cluster.apply(DEFINITIONS, definition)
    try:
        async with asyncio.timeout(30):
            found: list[ApiResource] = []
            while not found:
                found = [each for each in (await world.cluster.discover()).resources if each.group == group]
        assert [(each.version, each.preferred) for each in found] == [("v1", True), ("v1alpha1", False)]
        await _until_served(world.cluster, found[0])
        yield found[0]
    finally:
        await world.cluster.delete(DEFINITIONS, f"widgets.{group}")


async def _until_served(cluster: Cluster, resource: ApiResource) -> None:
    """Wait for a kind's storage to start: until then the API server answers 404, or 429."""
    async with asyncio.timeout(30):
        while True:
            try:
                await cluster.list_page(resource)
            except (NotFound, TooManyRequests):
                await asyncio.sleep(0.1)
            else:
                return


async def test_a_new_definition_is_discovered(world: World) -> None:
    async with _widgets(world) as widgets:
        metadata = {"name": "w", "namespace": world.namespace}
        await world.cluster.apply(
            widgets, {"apiVersion": widgets.api_version, "kind": "Widget", "metadata": metadata, "size": 3}
        )
        page = await world.cluster.list_page(widgets, namespace=world.namespace)
        (item,) = (orjson.loads(item) for item in page.items)
        assert (item["apiVersion"], item["kind"], item["size"]) == (widgets.api_version, "Widget", 3)


async def test_a_version_that_is_too_old_is_gone(world: World) -> None:
    async with _widgets(world) as widgets:
        # The API server's history of a kind begins when the kind does.
        with pytest.raises(Gone, match="too old resource version"):
            await _watch_to_the_end(world.cluster, widgets, "1")


async def _watch_to_the_end(cluster: Cluster, resource: ApiResource, version: str) -> None:
    async with asyncio.timeout(20), aclosing(cluster.watch(resource, resource_version=version)) as events:
        async for event in events:
            assert event == Bookmark(version)


async def test_reads_paths_as_they_are(world: World) -> None:
    assert await world.cluster.raw_get("/readyz") == b"ok"
    assert b"[+]etcd ok" in await world.cluster.raw_get("/readyz", query={"verbose": "1"})
    for path in ("readyz", "//example.com/readyz", "https://example.com/"):
        with pytest.raises(Invalid, match="one slash"):
            await world.cluster.raw_get(path)


async def test_a_wrong_token_is_unauthorized(world: World, control_plane) -> None:
    config = {"bearerToken": "wrong", "tlsClientConfig": {"caData": _ca(control_plane)}}
    stranger = connect.from_settings(control_plane.main.server, config)
    with pytest.raises(Unauthorized) as error:
        await stranger.get(CONFIG_MAPS, "one", namespace=world.namespace)
    assert "wrong" not in str(error.value)
    await stranger.close()


async def test_the_servers_certificate_is_verified(world: World, control_plane) -> None:
    unknown = connect.from_settings(control_plane.main.server, {"bearerToken": control_plane.main.token})
    with pytest.raises(ClusterError, match="certificate of the server is not trusted"):
        await unknown.raw_get("/readyz")
    assert unknown.requests.total() == 1
    await unknown.close()
    careless = {"bearerToken": control_plane.main.token, "tlsClientConfig": {"insecure": True}}
    trusting = connect.from_settings(control_plane.main.server, careless)
    assert await trusting.raw_get("/readyz") == b"ok"
    await trusting.close()


def _ca(control_plane) -> str:
    return base64.b64encode(control_plane.main.certificate_authority.encode()).decode()
