"""The outermost layer, for every request: an id, limits, where it may come from, and the headers of every answer.

Plain ASGI, since streams pass through it. Called by the ASGI server; calls the routes.
"""

import uuid
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api_server.answers import refusal
from api_server.auth import origin
from api_server.errors import ApiError, PermissionDenied, TooLarge, UnsupportedMediaType

_MOST_BODY_BYTES = 8 * 1024 * 1024
_READING = ("GET", "HEAD", "OPTIONS")
_JSON = "application/json"
_ASSETS = "/assets/"

_ALWAYS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "sameorigin",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Styles: the components of the page set some at run time. Scripts come from our own files only (S-182).
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'self';"
    ),
}


class Edge:
    """Wraps the application; `secure` says that browsers reach it by HTTPS."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._always = dict(_ALWAYS)
        if secure:
            self._always["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["request_id"] = uuid.uuid4().hex
        state["cookies"] = []
        answer = self._completing(scope, send)
        try:
            check(scope["method"], scope["path"], Headers(scope=scope))
        except ApiError as error:
            await refusal(error)(scope, receive, answer)
            return
        await self._app(scope, limited(receive), answer)

    def _completing(self, scope: Scope, send: Send) -> Send:
        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._always.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", _caching(scope["path"], message["status"]))
                headers["X-Request-Id"] = scope["state"]["request_id"]
                _add_cookies(headers, scope["state"]["cookies"])
            await send(message)

        return complete


def check(method: str, path: str, headers: Headers) -> None:
    """Return if the request may be looked at. Raises `ApiError`."""
    if not path.startswith("/api/"):
        return
    if origin.is_foreign(headers):
        raise PermissionDenied("the request comes from another site")
    if method in _READING:
        return
    if headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
        raise UnsupportedMediaType("Invalid content type: send Content-Type: application/json")
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > _MOST_BODY_BYTES:
        raise TooLarge(f"the body is larger than {_MOST_BODY_BYTES} bytes")


def limited(receive: Receive) -> Receive:
    """Return `receive` that refuses a body which turns out larger than is read."""
    read = 0

    async def receive_limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > _MOST_BODY_BYTES:
            raise TooLarge(f"the body is larger than {_MOST_BODY_BYTES} bytes")
        return message

    return receive_limited


def _caching(path: str, status: int) -> str:
    """Return how long an answer may be kept: files whose name holds their hash for ever, the API not at all (7.12)."""
    if status >= 400:
        return "no-store"
    if path.startswith(_ASSETS):
        return "public, max-age=31536000, immutable"
    return "no-store" if path.startswith("/api/") else "no-cache"


def _add_cookies(headers: MutableHeaders, cookies: Iterable[str]) -> None:
    for cookie in cookies:
        headers.append("Set-Cookie", cookie)
