"""What routes need to know of a request: the server, who asks, the body. Used as FastAPI dependencies."""

from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import Depends, Query, Request

from api_server.auth import cookies, credentials, origin
from api_server.auth.credentials import Cookie, Credential
from api_server.auth.tokens import Session
from api_server.deltas import Deltas
from api_server.errors import InvalidArgument, PermissionDenied, Unauthenticated
from api_server.queries.applications import Named
from api_server.server import Caller, Server
from argosy.engine.access import Anonymous, LocalUser

_READING = ("GET", "HEAD", "OPTIONS")

Shape = TypeVar("Shape")


def server_of(request: Request) -> Server:
    """Return the server."""
    return request.app.state.server


def deltas_of(request: Request) -> Deltas:
    """Return where tree streams learn of changes."""
    return request.app.state.deltas


def is_secure(request: Request) -> bool:
    """Return whether browsers reach us by HTTPS."""
    return request.app.state.secure


def credential_of(request: Request) -> Credential | None:
    """Return the request's credential. Raises `Unauthenticated`, and `PermissionDenied` for another site's write."""
    found = credentials.find(request.headers.getlist("authorization"), request.cookies)
    if isinstance(found, Cookie) and request.method not in _READING and not origin.is_proved(request.headers):
        raise PermissionDenied("a browser session may only be used from its own page: Origin is missing")
    return found


async def session_of(request: Request) -> Session | None:
    """Return the session that the request proves, None if it shows no credential; a nearly ended one is renewed."""
    found = credential_of(request)
    if found is None:
        return None
    sessions = server_of(request).sessions
    session = await sessions.identify(found.token)
    if isinstance(found, Cookie) and (ticket := sessions.renewed(session)) is not None:
        keep_cookie(request, ticket.token, session=ticket.session)
    return session


def keep_cookie(request: Request, token: str, *, session: Session) -> None:
    """Have the browser keep a token for as long as its session lasts."""
    seconds = int((session.expires_at - session.issued_at).total_seconds())
    request.state.cookies.extend(cookies.headers(token, seconds=seconds, secure=is_secure(request)))


def forget_cookie(request: Request) -> None:
    """Have the browser forget the token."""
    request.state.cookies[:] = cookies.headers("", seconds=0, secure=is_secure(request))


async def visitor_of(request: Request) -> Caller:
    """Return who asks, signed in or not.

    A cookie that is no good any more is taken away: a browser sends it by itself, and must come to the sign-in page.
    Any other credential that is not good is refused.
    """
    try:
        session = await session_of(request)
    except Unauthenticated:
        if request.headers.get("authorization") is not None:
            raise
        forget_cookie(request)
        session = None
    subject = Anonymous() if session is None else LocalUser(session.username)
    return Caller(subject, request.state.request_id)


async def caller_of(request: Request) -> Caller:
    """Return who asks. Raises `Unauthenticated` if nobody has signed in, or the session is over."""
    session = await session_of(request)
    if session is None:
        raise Unauthenticated("no session information")
    return Caller(LocalUser(session.username), request.state.request_id)


async def body_of(request: Request) -> Any:
    """Return the JSON body. Raises `InvalidArgument`."""
    return await decoded(request, Any)  # pyright: ignore[reportArgumentType]  (Any is a type that msgspec reads)


async def decoded(request: Request, shape: type[Shape]) -> Shape:
    """Return the JSON body in its shape. Raises `InvalidArgument` naming the field."""
    try:
        return msgspec.json.decode(await request.body(), type=shape)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidArgument(f"the body cannot be read: {error}") from error


def named(
    name: str,
    app_namespace: Annotated[str, Query(alias="appNamespace")] = "",
    project: str = "",
) -> Named:
    """Return which application the path and the query name."""
    return Named(name, app_namespace, project)


TheServer = Annotated[Server, Depends(server_of)]
TheDeltas = Annotated[Deltas, Depends(deltas_of)]
TheCaller = Annotated[Caller, Depends(caller_of)]
Visitor = Annotated[Caller, Depends(visitor_of)]
Body = Annotated[Any, Depends(body_of)]
TheApplication = Annotated[Named, Depends(named)]
