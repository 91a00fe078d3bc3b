"""Follow applications and trees over real connections."""

import asyncio
import base64
import json
from contextlib import asynccontextmanager

import pytest

from api_server.watching import APPLICATIONS, SECRETS
from argosy.wire.controller import ApplicationTree, ResourceNode

PATH = "/api/v1/applications"
STREAM = "/api/v1/stream/applications"
EVENTS = {"Accept": "text/event-stream"}


@asynccontextmanager
async def following(world, path, headers=EVENTS, **query):
    """Give an iterator of what a stream sends, decoded; signs of life are left out."""
    async with world.client.stream("GET", path, headers=headers, params=query) as response:
        assert response.status_code == 200, await response.aread()

        async def items():
            async for line in response.aiter_lines():
                text = line.removeprefix("data: ") if headers is EVENTS else line
                if text and not text.startswith(":"):
                    yield json.loads(text)

        reading = items()
        yield reading
        await reading.aclose()


async def put(world, name, **spec):
    await world.put(APPLICATIONS, world.application(name, **spec))
    await world.until(PATH, lambda found: any(each["metadata"]["name"] == name for each in found["items"]))


async def change(world, name, **status):
    await world.cluster.patch(APPLICATIONS, name, {"status": status}, namespace=world.namespace)


def short(item):
    event = item["result"]
    return event["type"], event["application"]["metadata"]["name"]


async def test_without_a_version_everything_is_told_and_then_every_change(read):
    await put(read, "a")
    async with following(read, STREAM) as items:
        assert short(await anext(items)) == ("ADDED", "a")
        await change(read, "a", reconciledAt="now")
        item = await anext(items)
        assert short(item) == ("MODIFIED", "a")
        assert item["result"]["application"]["status"] == {"reconciledAt": "now"}
        await put(read, "b")
        assert short(await anext(items)) == ("ADDED", "b")
        await read.cluster.delete(APPLICATIONS, "a", namespace="argocd")
        assert short(await anext(items)) == ("DELETED", "a")


async def test_a_list_is_followed_without_a_gap(read):
    await put(read, "a")
    version = (await read.send("GET", PATH)).json()["metadata"]["resourceVersion"]
    await put(read, "b")
    await read.cluster.delete(APPLICATIONS, "a", namespace="argocd")
    await read.until(PATH, lambda found: len(found["items"]) == 1)
    async with following(read, STREAM, resourceVersion=version) as items:
        assert short(await anext(items)) == ("ADDED", "b")
        assert short(await anext(items)) == ("DELETED", "a")


async def test_one_application_begins_with_its_state_even_with_a_version(read):
    await put(read, "a")
    await put(read, "b")
    version = (await read.send("GET", PATH)).json()["metadata"]["resourceVersion"]
    async with following(read, STREAM, name="b", resourceVersion=version) as items:
        assert short(await anext(items)) == ("ADDED", "b")
        await change(read, "a", reconciledAt="now")
        await change(read, "b", reconciledAt="now")
        assert short(await anext(items)) == ("MODIFIED", "b")


async def test_the_filter_of_the_list_holds_for_the_stream(read):
    async with following(read, STREAM, projects="other", selector="!hidden") as items:
        await put(read, "a")
        await put(read, "b", project="other")
        assert short(await anext(items)) == ("ADDED", "b")
        await read.cluster.delete(APPLICATIONS, "b", namespace="argocd")
        assert short(await anext(items)) == ("DELETED", "b")


async def test_without_server_sent_events_it_is_a_json_object_a_line(read):
    await put(read, "a")
    async with following(read, STREAM, headers={"Accept": "application/json"}) as items:
        assert short(await anext(items)) == ("ADDED", "a")


async def test_a_version_that_is_too_old_is_said_and_ends_the_stream(read):
    async with following(read, STREAM, resourceVersion="1") as items:
        error = (await anext(items))["error"]
        assert (error["grpc_code"], error["http_code"]) == (10, 409)
        assert "list again" in error["message"]
        with pytest.raises(StopAsyncIteration):
            await anext(items)


async def test_a_stream_ends_with_its_session(read):
    await put(read, "a")
    async with following(read, STREAM) as items:
        assert short(await anext(items)) == ("ADDED", "a")
        key = base64.b64encode(b"n" * 44).decode()
        await read.cluster.patch(SECRETS, "argocd-secret", {"data": {"server.secretkey": key}}, namespace="argocd")
        async with asyncio.timeout(10):
            assert (await anext(items))["error"]["http_code"] == 401
            with pytest.raises(StopAsyncIteration):
                await anext(items)


def tree(*names):
    return ApplicationTree(nodes=tuple(ResourceNode(kind="Pod", name=name) for name in names))


def node_names(item):
    return [node["name"] for node in item["result"].get("nodes", [])]


async def test_a_tree_is_sent_whole_each_time_it_changes(read):
    await put(read, "a")
    read.live.trees["argocd", "a"] = tree("one")
    async with following(read, f"{STREAM}/a/resource-tree") as items:
        assert node_names(await anext(items)) == ["one"]
        read.live.change("argocd", "b", tree("other"))
        read.live.change("argocd", "a", tree("one", "two"))
        assert node_names(await anext(items)) == ["one", "two"]


async def test_changes_of_a_tree_are_sent_to_who_asks_for_them(read):
    await put(read, "a")
    read.live.trees["argocd", "a"] = tree("one", "two")
    async with following(read, f"{STREAM}/a/resource-tree", changes="true") as items:
        first = (await anext(items))["result"]
        assert (first["whole"], [node["name"] for node in first["nodes"]]) == (True, ["one", "two"])
        read.live.change("argocd", "a", tree("one", "two"))
        read.live.change("argocd", "a", tree("two", "three"))
        second = (await anext(items))["result"]
        assert "whole" not in second
        assert [node["name"] for node in second["nodes"]] == ["three"]
        assert [node["name"] for node in second["removed"]] == ["one"]


async def test_changes_go_on_after_the_controller_was_away(read):
    await put(read, "a")
    read.live.trees["argocd", "a"] = tree("one")
    async with following(read, f"{STREAM}/a/resource-tree", changes="true") as items:
        assert node_names(await anext(items)) == ["one"]
        read.live.disconnect()
        read.live.trees["argocd", "a"] = tree("one", "after")
        assert node_names(await anext(items)) == ["after"]


async def test_a_tree_stream_outlives_the_controller(read):
    await put(read, "a")
    async with following(read, f"{STREAM}/a/resource-tree") as items:
        read.live.change("argocd", "a", tree("one"))
        assert node_names(await anext(items)) == ["one"]
        read.live.disconnect()
        read.live.trees["argocd", "a"] = tree("after")
        assert node_names(await anext(items)) == ["after"]


async def test_a_stream_of_what_one_may_not_read_is_refused_as_a_whole(read):
    for path in (f"{STREAM}/nope/resource-tree",):
        answer = await read.client.get(path, headers=EVENTS)
        assert (answer.status_code, answer.json()["code"]) == (403, 7)
    assert (await read.client.get(STREAM, params={"selector": "==="}, headers=EVENTS)).status_code == 400
