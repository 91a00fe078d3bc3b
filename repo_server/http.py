"""The HTTP edge: version 1 of `argosy.wire.repo_server`. Nothing behind it knows of HTTP.

Every call carries the internal token. A refusal has the status of its code; anything unforeseen is a `bug` with an
identifier that the log has too, and tells nothing else.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from argosy.engine.model.base import Model
from argosy.gateways.clock import Clock
from argosy.wire import repo_server as wire
from repo_server.errors import Refused
from repo_server.service import Service

_LARGEST_REQUEST = 16 * 1024 * 1024
_PIECE = 1024 * 1024
_JSON = "application/json"

Asked = TypeVar("Asked", bound=Model)

log = structlog.get_logger("repo_server")


def application(service: Service, *, token: str, clock: Clock) -> FastAPI:
    """Return the application that answers callers who know the token."""
    app = FastAPI(title="Argosy repo server", openapi_url=None, docs_url=None, redoc_url=None)
    calls = _Calls(token, clock)
    calls.serve(app, wire.RENDER, wire.RenderRequest, service.render)
    calls.serve(app, wire.RESOLVE, wire.ResolveRequest, service.resolve)
    calls.serve(app, wire.METADATA, wire.MetadataRequest, service.metadata)
    calls.serve(app, wire.VERIFY, wire.VerifyRequest, service.verify)
    calls.serve(app, wire.DETAILS, wire.DetailsRequest, service.details)
    calls.serve(app, wire.APPS, wire.AppsRequest, service.apps)
    calls.serve(app, wire.REFS, wire.RepositoryRequest, service.refs)
    calls.serve(app, wire.CHARTS, wire.RepositoryRequest, service.charts)
    calls.serve(app, wire.TAGS, wire.RepositoryRequest, service.tags)

    @app.get("/healthz")
    async def healthz() -> Response:  # pyright: ignore[reportUnusedFunction]
        return Response(b"ok", media_type="text/plain")

    return app


class _Calls:
    """Checks, decodes, answers and logs each call."""

    def __init__(self, token: str, clock: Clock) -> None:
        self._clock = clock
        self._authorization = f"Bearer {token}".encode()

    def serve(
        self, app: FastAPI, path: str, asked: type[Asked], answer: Callable[[Asked], Awaitable[Model | None]]
    ) -> None:
        """Answer calls of one kind."""
        decoder = msgspec.json.Decoder(asked)

        async def call(request: Request) -> Response:
            started = self._clock.monotonic()
            response, code = await self._respond(request, decoder, answer)
            log.info("call", path=path, code=code, seconds=round(self._clock.monotonic() - started, 3))
            return response

        app.add_api_route(path, call, methods=["POST"], response_model=None)

    async def _respond(
        self,
        request: Request,
        decoder: "msgspec.json.Decoder[Asked]",
        answer: Callable[[Asked], Awaitable[Model | None]],
    ) -> tuple[Response, str]:
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), self._authorization):
            return Response(status_code=401), "unauthorized"
        try:
            value = await answer(_decoded(decoder, await _body(request)))
        except msgspec.MsgspecError as error:
            return _refusal(wire.Refusal(code="invalid", message=f"the request is not of this version: {error}"))
        except Refused as error:
            return _refusal(error.refusal())
        except Exception:
            identifier = secrets.token_hex(6)
            log.exception("bug", identifier=identifier)
            return _refusal(wire.Refusal(code="bug", message=f"an error in the repo server; its log has {identifier}"))
        return _answer(b"{}" if value is None else wire.encode(value)), "ok"


async def _body(request: Request) -> bytes:
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > _LARGEST_REQUEST:
            raise Refused("limit_exceeded", f"the request is larger than {_LARGEST_REQUEST:,} bytes")
    return bytes(content)


def _decoded(decoder: "msgspec.json.Decoder[Asked]", content: bytes) -> Asked:
    try:
        return decoder.decode(content)
    except RecursionError as error:
        raise Refused("invalid", "the request is nested too deep to be read") from error


def _answer(content: bytes) -> Response:
    """Return an answer; a large one goes out in pieces, so that a slow reader does not hold all of it twice."""
    if len(content) <= _PIECE:
        return Response(content, media_type=_JSON)
    view = memoryview(content)
    pieces = (view[start : start + _PIECE] for start in range(0, len(content), _PIECE))
    return StreamingResponse(pieces, media_type=_JSON, headers={"Content-Length": str(len(content))})


def _refusal(refusal: wire.Refusal) -> tuple[Response, str]:
    status = wire.STATUS_OF[refusal.code]
    return Response(wire.encode(refusal), status_code=status, media_type=_JSON), refusal.code
