"""`/api/v1/session`: sign in, sign out, who am I."""

from fastapi import APIRouter, Request, Response

from api_server import documents
from api_server.answers import encoded
from api_server.auth.sessions import Attempt
from api_server.requests import TheServer, Visitor, decoded, forget_cookie, keep_cookie, session_of
from argosy.engine.access import Anonymous
from argosy.engine.model.base import Model
from argosy.gateways.store.changes import AppendAudit

router = APIRouter(prefix="/api/v1/session", tags=["SessionService"])


class Credentials(Model, frozen=True):
    """The body of a sign-in."""

    username: str
    password: str

    def __repr__(self) -> str:
        """Leave the password out."""
        return f"Credentials(username={self.username!r})"


class Token(Model, frozen=True):
    """The token of a new session."""

    token: str


@router.post("", operation_id="SessionService_Create", openapi_extra=documents.both(Credentials, Token))
async def create(request: Request, server: TheServer) -> Response:
    """Sign in: the token is answered, and kept by browsers as a cookie."""
    given = await decoded(request, Credentials)
    address = request.client.host if request.client else ""
    ticket = await server.sessions.sign_in(Attempt(given.username, given.password, address))
    row = AppendAudit(
        at=server.outside.clock.now(),
        actor=given.username,
        verb="sign-in",
        target="session",
        outcome="succeeded",
        request_id=request.state.request_id,
        parameters={"address": address},
    )
    await server.outside.store.note(row)
    keep_cookie(request, ticket.token, session=ticket.session)
    return encoded(Token(ticket.token))


@router.delete("", operation_id="SessionService_Delete")
async def delete(request: Request, server: TheServer, caller: Visitor) -> Response:
    """Sign out: the token is worthless from now on, wherever it was copied to."""
    session = None if isinstance(caller.subject, Anonymous) else await session_of(request)
    if session is not None:
        await server.sessions.sign_out(session)
    forget_cookie(request)
    return encoded({})


@router.get("/userinfo", operation_id="SessionService_GetUserInfo")
async def userinfo(caller: Visitor) -> Response:
    """Say who is signed in."""
    if isinstance(caller.subject, Anonymous):
        return encoded({"loggedIn": False})
    return encoded({"loggedIn": True, "username": caller.subject.name, "iss": "argocd", "groups": []})
