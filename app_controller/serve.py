"""The internal, read-only interface to the API server: `argosy.wire.controller` over HTTP, with a token.

What is answered is made from what the controller holds at this moment; secrets are masked here, before they leave.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from app_controller import explaining, views
from app_controller.queue import ApplicationKey
from app_controller.trees import Trees
from app_controller.work import Work
from argosy.engine.model.resource import ResourceKey
from argosy.wire import controller as wire

_HEARTBEAT = 15.0
_BACKLOG = 10_000


@dataclass(slots=True)
class Deltas:
    """Who listens to changes; each listener has its own queue, and one that falls behind is cut off."""

    _sequence: int = 0
    _listeners: set[asyncio.Queue[wire.Delta]] = field(default_factory=set[asyncio.Queue[wire.Delta]])

    def publish(self, key: ApplicationKey) -> None:
        """Tell the listeners that the tree or a managed object of an application changed."""
        self._sequence += 1
        delta = wire.Delta(self._sequence, key.namespace, key.name)
        for listener in tuple(self._listeners):
            try:
                listener.put_nowait(delta)
            except asyncio.QueueFull:
                self._listeners.discard(listener)

    async def lines(self) -> AsyncIterator[bytes]:
        """Yield NDJSON until the reader goes or falls behind; it starts with the sequence as it is now."""
        listener: asyncio.Queue[wire.Delta] = asyncio.Queue(_BACKLOG)
        self._listeners.add(listener)
        try:
            yield _line(wire.Delta(self._sequence))
            while listener in self._listeners:
                try:
                    yield _line(await asyncio.wait_for(listener.get(), _HEARTBEAT))
                except TimeoutError:
                    yield _line(wire.Delta(self._sequence))
        finally:
            self._listeners.discard(listener)


def _line(delta: wire.Delta) -> bytes:
    return msgspec.json.encode(delta) + b"\n"


def application(work: Work, deltas: Deltas, *, token: str) -> FastAPI:
    """Return the web application."""
    app = FastAPI(title="Argosy application controller", openapi_url=None, docs_url=None, redoc_url=None)
    authorization = f"Bearer {token}".encode()

    @app.middleware("http")
    async def check(request: Request, forward: Callable[[Request], Awaitable[Response]]) -> Response:
        given = request.headers.get("authorization", "").encode()
        if request.url.path != "/healthz" and not hmac.compare_digest(given, authorization):
            return Response(status_code=401)
        return await forward(request)

    @app.get("/healthz")
    async def healthz() -> Response:
        return Response(b"ok", media_type="text/plain")

    _of_applications(app, work)

    @app.get(wire.CLUSTERS)
    async def clusters() -> Response:
        return _answer(views.clusters(work))

    @app.get(wire.DELTAS)
    async def stream() -> Response:
        return StreamingResponse(deltas.lines(), media_type="application/x-ndjson")

    del check, healthz, clusters, stream
    return app


def _of_applications(app: FastAPI, work: Work) -> None:
    """Answer what is asked of one application."""
    trees = Trees(work)

    @app.get(wire.TREE)
    async def tree(namespace: str, name: str) -> Response:
        return _answer(await views.tree(ApplicationKey(namespace, name), work, trees))

    @app.get(wire.TREE_CHANGES)
    async def tree_changes(namespace: str, name: str, since: str = "") -> Response:
        return _answer(await views.tree_changes(ApplicationKey(namespace, name), since, work, trees))

    @app.get(wire.MANAGED)
    async def managed(namespace: str, name: str) -> Response:
        return _answer(views.managed(ApplicationKey(namespace, name), work))

    @app.get(wire.EXPLANATION)
    async def explanation(namespace: str, name: str) -> Response:
        return _answer(await explaining.explain(ApplicationKey(namespace, name), work))

    @app.get(wire.RESOURCE)
    async def resource(request: Request, namespace: str, name: str) -> Response:
        query = request.query_params
        key = ResourceKey(*(query.get(part, "") for part in ("group", "kind", "namespace", "name")))
        return _answer(await views.resource(ApplicationKey(namespace, name), key, work, trees))

    del tree, tree_changes, managed, explanation, resource


def _answer(view: msgspec.Struct) -> Response:
    status = 404 if isinstance(view, wire.Missing) else 200
    return Response(msgspec.json.encode(view), status_code=status, media_type="application/json")
