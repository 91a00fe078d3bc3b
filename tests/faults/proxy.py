"""A recording HTTP proxy in front of a real API server, which does to requests what a test scripts.

    async with FaultProxy(Upstream(server, token, authority)) as proxy:
        cluster = connect.from_settings(proxy.url, {})       # or the `server` of a cluster Secret
        rule = proxy.script(On("list", "secrets"), Refuse(500))
        ...
        assert proxy.count("list", "secrets") <= 4           # what was asked, in order: proxy.record
        rule.lift()

Whoever talks to it without credentials is the cluster's administrator. It runs in the event loop of the test, on a free
port of loopback; `go_away` and `come_back` let the API server be gone for a while, under the same address.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

import aiohttp
import orjson
from aiohttp import web

from tests.faults import script as faults
from tests.faults.script import OF_EVENTS, Fault, On, Rule, Seen
from tests.faults.stream import Pump, Severed

_PASSED_ON = ("Accept", "Content-Type", "Authorization", "User-Agent")
_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_APPLY = "application/apply-patch+yaml"


@dataclass(frozen=True)
class Upstream:
    """The API server behind the proxy, and how to be its administrator; `authority` is PEM."""

    server: str
    token: str = field(repr=False)
    authority: str = field(repr=False)


class FaultProxy:
    """See above; `record` is every request so far, those that were never answered included."""

    def __init__(self, upstream: Upstream) -> None:
        self.record: list[Seen] = []
        self.url = ""
        self._upstream = upstream
        self._rules: list[Rule] = []
        self._answers: dict[tuple[str, str], bytes] = {}
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._news = asyncio.Condition()
        self._telling: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        context = ssl.create_default_context(cadata=self._upstream.authority)
        connector = aiohttp.TCPConnector(ssl=context, limit=0)
        self._session = aiohttp.ClientSession(connector=connector, auto_decompress=True)
        await self.come_back()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for rule in self._rules:
            rule.lift()
        await self.go_away()
        assert self._session is not None
        await self._session.close()
        await asyncio.sleep(0.05)  # The transports hear of their end in the next turns of the loop.

    # What a test does.

    def script(self, on: On, fault: Fault, *, times: int | None = None, every: int = 1) -> Rule:
        """Put a fault in force, `times` times (None: until it is lifted), for every so-manieth request that fits."""
        rule = Rule(on, fault, times, every)
        self._rules.append(rule)
        task = asyncio.get_running_loop().create_task(self._tell())
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)
        return rule

    def count(self, verb: str = "", resource: str = "", **more: str) -> int:
        """Return how many requests of this kind have come."""
        return len(self.seen(verb, resource, **more))

    def seen(self, verb: str = "", resource: str = "", **more: str) -> list[Seen]:
        """Return the requests of this kind, in order."""
        on = On(verb, resource, **more)
        return [each for each in self.record if on.fits(each)]

    async def go_away(self) -> None:
        """Refuse connections, and cut those that there are."""
        runner, self._runner = self._runner, None
        if runner is not None:
            for connection in list(runner.server.connections if runner.server else ()):
                if connection.transport is not None:
                    connection.transport.abort()
            await runner.cleanup()

    async def come_back(self) -> None:
        """Take connections, under the same address as before."""
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(application, shutdown_timeout=0.01, access_log=None, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}"

    # What becomes of a request.

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        seen = _seen(request)
        number = len(self.record)
        self.record.append(seen)
        rule = next((each for each in self._rules if _is_of_requests(each, seen) and each.strikes(seen)), None)
        fault = rule.fault if rule is not None else None
        match fault:
            case faults.Refuse():
                answer = _refusal(fault)
                self.record[number] = replace(seen, status=fault.status)
                return answer
            case faults.Delay(seconds=seconds):
                await asyncio.sleep(seconds)
            case faults.Hold():
                assert rule is not None
                await rule.lifted.wait()
            case faults.Cut():
                return _cut(request)
            case faults.Recall() if (seen.verb, request.path_qs) in self._answers:
                return web.Response(body=self._answers[seen.verb, request.path_qs], content_type="application/json")
        with suppress(aiohttp.ClientError, ConnectionError):
            return await self._forward(request, seen, number, fault)
        return _cut(request)

    async def _forward(self, request: web.Request, seen: Seen, number: int, fault: Fault | None) -> web.StreamResponse:
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        headers.setdefault("Authorization", f"Bearer {self._upstream.token}")
        assert self._session is not None
        async with self._session.request(
            request.method,
            self._upstream.server + request.path_qs,
            headers=headers,
            data=await request.read() or None,
            timeout=aiohttp.ClientTimeout(total=None),
            allow_redirects=False,
        ) as answer:
            self.record[number] = replace(seen, status=answer.status)
            if seen.verb == "watch" and answer.status == 200:
                return await self._stream(request, seen, answer)
            body = await answer.read()
            if isinstance(fault, faults.LoseReply):
                return _cut(request)
            if isinstance(fault, faults.Rewrite):
                body = orjson.dumps(fault.edit(orjson.loads(body)))
            self._answers.setdefault((seen.verb, request.path_qs), body)
            kept = {name: answer.headers[name] for name in ("Content-Type", "Retry-After") if name in answer.headers}
            return web.Response(status=answer.status, body=body, headers=kept)

    async def _stream(self, request: web.Request, seen: Seen, answer: aiohttp.ClientResponse) -> web.StreamResponse:
        passed = web.StreamResponse(headers={"Content-Type": "application/json"})
        await passed.prepare(request)

        def rules() -> list[Rule]:
            return [rule for rule in self._rules if rule.in_force and rule.on.fits(seen)]

        try:
            await Pump(seen, rules, self._news, passed.write).run(_lines(answer))
        except Severed:
            return _cut(request)
        return passed

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()


def _is_of_requests(rule: Rule, seen: Seen) -> bool:
    """Return whether a rule acts before the request is passed on; one for watches may act on those that run."""
    if isinstance(rule.fault, OF_EVENTS):
        return False
    return seen.verb != "watch" or not isinstance(rule.fault, faults.Rewrite)


async def _lines(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    rest = b""
    async for part in answer.content.iter_any():
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            yield line + b"\n"


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _refusal(fault: faults.Refuse) -> web.Response:
    status: dict[str, Any] = {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "code": fault.status,
        "reason": fault.reason,
        "message": fault.message,
    }
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return web.json_response(status, status=fault.status, headers=headers)


def _seen(request: web.Request) -> Seen:
    parts = request.path.strip("/").split("/")
    root = {"api": 2, "apis": 3}.get(parts[0], 0)
    rest = parts[root:] if root else []
    namespace = ""
    if len(rest) > 2 and rest[0] == "namespaces":
        namespace, rest = rest[1], rest[2:]
    resource = rest[0] if rest else ""
    name = rest[1] if len(rest) > 1 else ""
    verb = _VERBS.get(request.method) or _reading(request, resource, name)
    if verb == "patch" and request.headers.get("Content-Type", "").startswith(_APPLY):
        verb = "apply"
    now = asyncio.get_running_loop().time()
    accept = request.headers.get("Accept", "")
    return Seen(verb, resource, namespace, name, dict(request.query), now, accept)


def _reading(request: web.Request, resource: str, name: str) -> str:
    if not resource:
        return "discover" if request.path.rstrip("/") in ("/api", "/apis", "/version") else "get"
    if request.query.get("watch") in ("1", "true"):
        return "watch"
    return "get" if name else "list"
