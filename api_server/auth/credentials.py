"""Find the token in a request: `Authorization` first, then the cookie; a bad one is never passed over (7.2, S-017)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api_server.auth import cookies
from api_server.errors import Unauthenticated


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token that the client sent on purpose."""

    token: str


@dataclass(frozen=True, slots=True)
class Cookie:
    """A token that the browser added by itself."""

    token: str


Credential = Bearer | Cookie


def find(authorizations: Sequence[str], jar: Mapping[str, str]) -> Credential | None:
    """Return the request's credential, None if it has none. Raises `Unauthenticated` for what is malformed."""
    if len(authorizations) > 1:
        raise Unauthenticated("more than one Authorization header")
    if authorizations:
        scheme, _, token = authorizations[0].partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("the Authorization header is not `Bearer <token>`")
        return Bearer(token.strip())
    if cookies.NAME in jar:
        return Cookie(cookies.read(jar))
    return None
