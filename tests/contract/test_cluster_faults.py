"""What the client makes of a server that misbehaves in ways that the real one cannot be made to: scripted answers."""

import asyncio
import json
import stat
import sys
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from argosy.gateways.kubernetes import client as clients
from argosy.gateways.kubernetes import connect, transport
from argosy.gateways.kubernetes.client import Client
from argosy.gateways.kubernetes.connection import Connection, ExecPlugin, TokenFile
from argosy.gateways.kubernetes.errors import Gone, InvalidConnection, TooManyRequests, Unauthorized, Unreachable
from argosy.gateways.kubernetes.port import ApiResource, Bookmark, Changed, Deleted

PODS = ApiResource("", "v1", "Pod", "pods", namespaced=True, verbs=frozenset())


class Server:
    """A web server that answers with what it is told, one answer per request, the last one for ever."""

    def __init__(self):
        self.answers = []
        self.requests = []
        self.url = ""

    async def handle(self, request):
        self.requests.append(request)
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        return await answer(request) if callable(answer) else answer


@pytest.fixture
async def server():
    scripted = Server()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", scripted.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    scripted.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield scripted
    await runner.cleanup()


@pytest.fixture
async def cluster(server):
    opened = connect.from_settings(server.url, {})
    yield opened
    await opened.close()


def stream(*lines, then=None):
    async def answer(request):
        response = web.StreamResponse()
        await response.prepare(request)
        for line in lines:
            await response.write(line)
        if then is not None:
            await then(request)
        return response

    return answer


async def cut(request):
    request.transport.abort()


async def hang(_request):
    await asyncio.sleep(3600)


def pod(version):
    return b'{"type":"ADDED","object":{"metadata":{"resourceVersion":"%d"}}}\n' % version


async def watched(cluster, found):
    async with aclosing(cluster.watch(PODS, resource_version="1")) as events:
        async for event in events:
            found.append(event)


async def test_a_server_that_is_not_there_is_unreachable():
    cluster = connect.from_settings("http://127.0.0.1:1", {})
    with pytest.raises(Unreachable, match=r"get pods a/b on http://127\.0\.0\.1:1: cannot connect: Connection refused"):
        await cluster.get(PODS, "b", namespace="a")
    await cluster.close()


async def test_too_many_requests_say_when_to_come_back(server, cluster):
    server.answers = [web.Response(status=429, headers={"Retry-After": "9"})]
    with pytest.raises(TooManyRequests) as error:
        await cluster.raw_get("/x")
    assert error.value.after == 9.0


async def test_a_redirect_is_not_followed(server, cluster):
    server.answers = [web.Response(status=307, headers={"Location": f"{server.url}/elsewhere"})]
    with pytest.raises(Unreachable, match="redirects"):
        await cluster.raw_get("/x")
    assert [request.path for request in server.requests] == ["/x"]


async def test_a_watch_that_is_cut_is_unreachable_and_keeps_what_came(server, cluster):
    server.answers = [stream(pod(5), b'{"type":"ADD', then=cut)]
    found = []
    with pytest.raises(Unreachable):
        await watched(cluster, found)
    assert found == [Bookmark("1"), Changed(b'{"metadata":{"resourceVersion":"5"}}')]


async def test_an_error_event_says_that_the_version_is_gone(server, cluster):
    server.answers = [stream(b'{"type":"ERROR","object":{"code":410,"message":"too old","reason":"Expired"}}\n')]
    with pytest.raises(Gone, match=r"watch pods on .*: too old"):
        await watched(cluster, [])


async def test_a_watch_that_is_silent_is_unreachable_and_keeps_what_came(server, cluster, monkeypatch):
    monkeypatch.setattr(transport, "_WATCH", aiohttp.ClientTimeout(total=None, sock_read=0.05))
    server.answers = [stream(pod(5), then=hang)]
    found = []
    with pytest.raises(Unreachable, match="the watch has fallen silent"):
        await watched(cluster, found)
    assert len(found) == 2


async def test_a_watch_is_asked_for_with_bookmarks_and_an_end(server, cluster):
    server.answers = [stream()]
    await watched(cluster, [])
    (request,) = server.requests
    assert request.path == "/api/v1/pods"
    assert request.query["allowWatchBookmarks"] == "true"
    assert request.query["resourceVersion"] == "1"
    # The server ends it before the client would take its silence for the end of the connection, and that within 60 s.
    assert int(request.query["timeoutSeconds"]) <= transport.timeout_of("watch").sock_read - 5 <= 55


async def test_metadata_alone_is_asked_for_and_a_server_that_sends_more_is_cut_short(server, cluster):
    whole = b'{"metadata":{"resourceVersion":"7"},"spec":{"a":1}}'
    listed = b'{"metadata":{"resourceVersion":"7"},"items":[%b]}' % whole
    server.answers = [web.Response(body=listed), stream(b'{"type":"DELETED","object":%b}\n' % whole)]
    part = b'{"apiVersion":"v1","kind":"Pod","metadata":{"resourceVersion":"7"}}'
    page = await cluster.list_page(PODS, shape="metadata")
    assert page.items == (part,)
    async with aclosing(cluster.watch(PODS, resource_version="1", shape="metadata")) as events:
        assert [event async for event in events] == [Bookmark("1"), Deleted(part)]
    kinds = [request.headers["Accept"].split(";")[1] for request in server.requests]
    assert kinds == ["as=PartialObjectMetadataList", "as=PartialObjectMetadata"]


async def test_an_endless_answer_is_refused(server, cluster, monkeypatch):
    monkeypatch.setattr(clients, "_MOST_ANSWER_BYTES", 1000)
    server.answers = [stream(b"x" * 600, b"x" * 600)]
    with pytest.raises(Unreachable, match="larger than 1000 bytes"):
        await cluster.raw_get("/x")


async def test_an_old_server_is_discovered_group_by_group(server, cluster):
    documents = {
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {
            "groups": [
                {"name": "apps", "versions": [{"version": "v1"}]},
                {"name": "broken", "versions": [{"version": "v1"}]},
            ]
        },
        "/api/v1": {"resources": [{"name": "pods", "kind": "Pod", "namespaced": True, "verbs": ["list"]}]},
        "/apis/apps/v1": {"resources": [{"name": "deployments", "kind": "Deployment", "verbs": ["list"]}]},
        "/version": {"gitVersion": "v1.22.0"},
    }

    async def answer(request):
        document = documents.get(request.path)
        return web.json_response(document) if document else web.Response(status=503)

    server.answers = [answer]
    found = await cluster.discover()
    assert [(each.api_version, each.kind) for each in found.resources] == [("v1", "Pod"), ("apps/v1", "Deployment")]
    assert found.failed == ("broken/v1",)
    assert found.server_version == "v1.22.0"


def plugin(folder, *, status_json):
    """Write a credential plugin that counts its runs in its token."""
    program, count = folder / "plugin", folder / "count"
    count.write_text("0")
    program.write_text(
        f"#!{sys.executable}\n"
        "import json, pathlib\n"
        f"count = pathlib.Path({str(count)!r})\n"
        "runs = int(count.read_text()) + 1\n"
        "count.write_text(str(runs))\n"
        f"status = {status_json}\n"
        "print(json.dumps({'apiVersion': 'v', 'kind': 'ExecCredential', 'status': status}))\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return ExecPlugin(str(program), api_version="v", install_hint="get it somewhere")


async def authorization(request):
    return web.Response(text=request.headers.get("Authorization", ""))


async def test_a_plugins_token_is_kept_until_it_runs_out(server, tmp_path):
    for lifetime, expected in ((timedelta(hours=1), b"Bearer run-1"), (timedelta(0), b"Bearer run-2")):
        expiry = (datetime.now(UTC) + lifetime).isoformat()  # noqa: TID251 - what a plugin prints
        status_json = json.dumps({"token": "run-", "expirationTimestamp": expiry})
        identity = plugin(tmp_path, status_json=status_json.replace('"run-"', '"run-" + str(runs)'))
        cluster = Client(Connection(server.url, identity=identity))
        server.answers = [authorization]
        await cluster.raw_get("/x")
        assert await cluster.raw_get("/x") == expected
        await cluster.close()


async def test_a_plugins_token_is_asked_for_again_when_it_is_refused(server, tmp_path):
    identity = plugin(tmp_path, status_json="{'token': f'run-{runs}'}")
    cluster = Client(Connection(server.url, identity=identity))
    server.answers = [web.Response(status=401), authorization]
    assert await cluster.raw_get("/x") == b"Bearer run-2"
    server.answers = [web.Response(status=401), web.Response(status=401)]
    with pytest.raises(Unauthorized):
        await cluster.raw_get("/x")
    assert len(server.requests) == 4
    await cluster.close()


async def test_a_token_that_stays_the_same_is_not_sent_twice(server):
    cluster = connect.from_settings(server.url, {"bearerToken": "t"})
    server.answers = [web.Response(status=401)]
    with pytest.raises(Unauthorized):
        await cluster.raw_get("/x")
    assert len(server.requests) == 1
    await cluster.close()


async def test_a_token_file_is_read_again_when_its_token_is_refused(server, tmp_path):
    path = tmp_path / "token"
    path.write_text("old\n")
    cluster = Client(Connection(server.url, identity=TokenFile(str(path))))
    server.answers = [authorization]
    assert await cluster.raw_get("/x") == b"Bearer old"
    path.write_text("new\n")
    server.answers = [web.Response(status=401), authorization]
    assert await cluster.raw_get("/x") == b"Bearer new"
    await cluster.close()


@pytest.mark.parametrize(
    ("identity", "error", "message"),
    [
        (ExecPlugin("/does/not/exist", install_hint="get it"), InvalidConnection, "cannot run: .*; get it"),
        (ExecPlugin("false"), Unauthorized, "credential plugin false failed"),
        (ExecPlugin("true"), Unauthorized, "credential plugin true failed"),
        (TokenFile("/does/not/exist"), InvalidConnection, "token file /does/not/exist cannot be read"),
    ],
)
async def test_credentials_that_cannot_be_had_are_explained(server, identity, error, message):
    cluster = Client(Connection(server.url, identity=identity))
    with pytest.raises(error, match=message):
        await cluster.raw_get("/x")
    assert server.requests == []


async def test_a_plugin_that_prints_nothing_useful_is_refused(server, tmp_path):
    cluster = Client(Connection(server.url, identity=plugin(tmp_path, status_json="{}")))
    with pytest.raises(Unauthorized, match="neither a token nor a client certificate"):
        await cluster.raw_get("/x")
