"""Put the application together: routes, the page, what is answered when something goes wrong. Called by `wiring`."""

from dataclasses import dataclass
from pathlib import Path

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Lifespan

from api_server import documents, page, routes
from api_server.answers import refusal
from api_server.deltas import Deltas
from api_server.edge import Edge
from api_server.errors import ApiError, Internal, InvalidArgument, NotFound, Unimplemented, meaning_of
from api_server.server import Server
from argosy.gateways.kubernetes.errors import ClusterError
from argosy.gateways.live.errors import LiveError
from argosy.gateways.manifests.errors import ManifestsError
from argosy.gateways.store.errors import StoreError

_SMALLEST_COMPRESSED = 1024
_COMPRESSION = 4

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Face:
    """How browsers see the server: by HTTPS or not, and the folder of the page (None: not built)."""

    secure: bool
    page: Path | None


def make_app(server: Server, deltas: Deltas, face: Face, lifespan: Lifespan[FastAPI] | None = None) -> ASGIApp:
    """Return the whole application."""
    app = FastAPI(
        title="Argosy API",
        version="v1",
        description="Consolidated services, with Argo CD's paths and bodies.",
        openapi_url="/swagger.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.server = server
    app.state.deltas = deltas
    app.state.secure = face.secure
    for router in routes.ALL:
        app.include_router(router)
    documents.serve(app)
    page.serve(app, face.page)
    for foreign in (ClusterError, LiveError, ManifestsError, StoreError):
        app.add_exception_handler(foreign, _foreign)
    app.add_exception_handler(ApiError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _unrouted)
    app.add_exception_handler(Exception, _bug)
    app.add_middleware(GZipMiddleware, minimum_size=_SMALLEST_COMPRESSED, compresslevel=_COMPRESSION)
    return Edge(app, secure=face.secure)


async def _refused(request: Request, error: Exception) -> Response:
    del request
    assert isinstance(error, ApiError)
    return refusal(error)


async def _foreign(request: Request, error: Exception) -> Response:
    assert isinstance(error, ClusterError | LiveError | ManifestsError | StoreError)
    meaning = meaning_of(error)
    _log.info("gateway_error", request_id=request.state.request_id, error=type(error).__name__, reason=str(error))
    return refusal(meaning)


async def _malformed(request: Request, error: Exception) -> Response:
    """Name the query or path parameter that does not have its type."""
    del request
    assert isinstance(error, RequestValidationError)
    wrong = [f"{each['loc'][-1]}: {each['msg']}" for each in error.errors()]
    return refusal(InvalidArgument("; ".join(wrong)))


async def _unrouted(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    text = f"{request.method} {request.url.path}: {error.detail}"
    answer = refusal(NotFound(text) if error.status_code == 404 else Unimplemented(text))
    answer.status_code = error.status_code
    return answer


async def _bug(request: Request, error: Exception) -> Response:
    request_id = request.state.request_id
    _log.error("bug", request_id=request_id, exc_info=error)
    return refusal(Internal(f"an unexpected error; the log has it under {request_id}"))
