"""What every `port.Live` promises; the real one asks a small controller that answers as `argosy.wire` says."""

import asyncio

import msgspec
import pytest
from aiohttp import web

from argosy.engine.model.resource import ResourceKey
from argosy.gateways.live.errors import NotHeld, Unavailable
from argosy.gateways.live.http import HttpLive
from argosy.gateways.live.memory import MemoryLive
from argosy.wire import controller, repo_server
from argosy.wire.controller import (
    ApplicationTree,
    ClusterInfo,
    ClusterInfos,
    Explanation,
    LiveManifest,
    ManagedResource,
    ManagedResources,
    Missing,
    ResourceNode,
    TreeChanges,
)

TOKEN = "internal"
KEY = ResourceKey("apps", "Deployment", "team", "web/ä")
TREE = ApplicationTree(nodes=(ResourceNode(kind="Deployment", name="web"),))


def place(request: web.Request) -> tuple[str, str]:
    return request.match_info["namespace"], request.match_info["name"]


def serving(held: MemoryLive) -> web.Application:
    """The controller's side of the wire, answering from memory."""

    def handler(answer):
        async def handle(request: web.Request) -> web.StreamResponse:
            if request.headers.get("Authorization") != f"Bearer {TOKEN}":
                return web.Response(status=401)
            if held.down:
                return web.Response(status=503)
            try:
                return web.Response(body=await answer(request), content_type="application/json")
            except NotHeld as error:
                return web.Response(status=404, body=repo_server.encode(Missing(str(error))))

        return handle

    async def deltas(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        async for delta in held.deltas():
            await response.write(repo_server.encode(delta) + b"\n")
        return response

    async def resource(request: web.Request) -> bytes:
        key = ResourceKey(*(request.query.get(each, "") for each in ("group", "kind", "namespace", "name")))
        return await held.resource(*place(request), key)

    async def clusters(_: web.Request) -> bytes:
        return repo_server.encode(await held.clusters())

    app = web.Application()
    app.router.add_get(controller.TREE, handler(lambda request: held.tree(*place(request))))
    app.router.add_get(controller.TREE_CHANGES, handler(lambda r: held.tree_changes(*place(r), r.query["since"])))
    app.router.add_get(controller.MANAGED, handler(lambda request: held.managed_resources(*place(request))))
    app.router.add_get(controller.EXPLANATION, handler(lambda request: held.explanation(*place(request))))
    app.router.add_get(controller.RESOURCE, handler(resource))
    app.router.add_get(controller.CLUSTERS, handler(clusters))
    app.router.add_get(controller.DELTAS, deltas)
    return app


@pytest.fixture
def held() -> MemoryLive:
    return MemoryLive()


@pytest.fixture(params=["memory", "tcp", "unix"])
async def live(request, held, tmp_path):
    if request.param == "memory":
        yield held
        return
    runner = web.AppRunner(serving(held), shutdown_timeout=0.1)
    await runner.setup()
    if request.param == "unix":
        path = tmp_path / "s"
        await web.UnixSite(runner, str(path)).start()
        url = f"unix:{path}"
    else:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    found = HttpLive(url, token=TOKEN)
    yield found
    await found.close()
    await runner.cleanup()


async def test_what_is_held_is_answered(live, held):
    held.trees["argocd", "web"] = TREE
    held.managed["argocd", "web"] = ManagedResources((ManagedResource(kind="Deployment", name="web"),))
    held.resources["argocd", "web"] = LiveManifest("{}")
    held.resources[("argocd", "web"), KEY] = LiveManifest('{"kind":"Deployment"}')
    held.explanations["argocd", "web"] = Explanation("OutOfSync: 1 object differs.", "Automated sync is off.")
    held.infos = ClusterInfos((ClusterInfo(server="https://c", name="c"),))
    assert await live.tree("argocd", "web") == repo_server.encode(TREE)
    assert b'"items":[{"kind":"Deployment","name":"web"}]' in await live.managed_resources("argocd", "web")
    assert await live.resource("argocd", "web", KEY) == b'{"manifest":"{\\"kind\\":\\"Deployment\\"}"}'
    assert b'"nextStep":"Automated sync is off."' in await live.explanation("argocd", "web")
    assert await live.clusters() == held.infos


async def test_changes_of_a_tree_are_told_since_a_version(live, held):
    held.trees["argocd", "web"] = TREE
    first = msgspec.json.decode(await live.tree_changes("argocd", "web", ""), type=TreeChanges)
    assert (first.whole, first.nodes) == (True, TREE.nodes)
    held.trees["argocd", "web"] = ApplicationTree()
    second = msgspec.json.decode(await live.tree_changes("argocd", "web", first.version), type=TreeChanges)
    assert (second.whole, [each.name for each in second.removed]) == (False, ["web"])
    with pytest.raises(NotHeld):
        await live.tree_changes("argocd", "other", "")


async def test_what_is_not_held_is_said_so(live):
    with pytest.raises(NotHeld, match="does not hold"):
        await live.tree("argocd", "a/b?c#d")


async def test_a_controller_that_does_not_answer(live, held):
    held.down = True
    with pytest.raises(Unavailable):
        await live.clusters()


async def test_each_change_is_told_once_and_in_order(live, held):
    stream = live.deltas()
    first = await anext(stream)
    held.change("argocd", "web", TREE)
    held.change("argocd", "db", TREE)
    assert [(delta.sequence, delta.name) for delta in (await anext(stream), await anext(stream))] == [
        (first.sequence + 1, "web"),
        (first.sequence + 2, "db"),
    ]
    held.disconnect()
    assert [delta async for delta in stream] == []


async def test_nobody_there(unused_tcp_port):
    live = HttpLive(f"http://127.0.0.1:{unused_tcp_port}", token=TOKEN)
    with pytest.raises(Unavailable, match="does not answer"):
        await live.tree("argocd", "web")
    with pytest.raises(Unavailable):
        await anext(live.deltas())
    await live.close()


async def test_the_token_reaches_no_message(unused_tcp_port):
    live = HttpLive(f"http://127.0.0.1:{unused_tcp_port}", token="c4n4ry")
    with pytest.raises(Unavailable) as caught:
        await live.clusters()
    assert "c4n4ry" not in str(caught.value)
    await live.close()
    await asyncio.sleep(0)
