"""Session tokens: the one place that signs and the one place that believes one.

Comes in: a session and the key, or a token's text. Goes out: the text, or the session. Called by `auth.sessions`.
Tokens are Argo CD's: HS256, `iss` `argocd`, `sub` `<user>:login` (6.33).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

_ALGORITHM = "HS256"
_ISSUER = "argocd"
_LOGIN = ":login"
_LONGEST = 16 * 1024
LONGEST_LIFE = timedelta(days=366)
_SKEW_SECONDS = 5
_SHAPE = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


class BadToken(Exception):
    """The token proves nothing; the text says why, for the log."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody has signed in; times are aware and in UTC, `jti` is the id by which the token can be revoked."""

    username: str
    jti: str
    issued_at: datetime
    expires_at: datetime


def issue(session: Session, *, key: bytes) -> str:
    """Return the signed token of a session."""
    claims = {
        "iss": _ISSUER,
        "sub": session.username + _LOGIN,
        "jti": session.jti,
        "iat": int(session.issued_at.timestamp()),
        "nbf": int(session.issued_at.timestamp()),
        "exp": int(session.expires_at.timestamp()),
    }
    return jwt.encode({"alg": _ALGORITHM}, claims, OctKey.import_key(key), algorithms=[_ALGORITHM])


def read(token: str, *, key: bytes, now: datetime) -> Session:
    """Return the session that a token proves. Raises `BadToken`.

    The library checks the signature only: issuer, subject, id, times and their types are checked here.
    """
    if not key:
        raise BadToken("there is no key to check it with")
    if len(token) > _LONGEST or not _SHAPE.fullmatch(token):
        raise BadToken("not a signed token")
    try:
        claims = jwt.decode(token, OctKey.import_key(key), algorithms=[_ALGORITHM]).claims
    except (JoseError, ValueError, RecursionError) as error:
        raise BadToken(f"not signed by us: {type(error).__name__}") from error
    return _session(claims, now=now)


def _session(claims: dict[str, Any], *, now: datetime) -> Session:
    subject, jti = claims.get("sub"), claims.get("jti")
    if claims.get("iss") != _ISSUER or not isinstance(subject, str) or not subject.endswith(_LOGIN):
        raise BadToken("not a session of ours")
    if not isinstance(jti, str) or not jti:
        raise BadToken("no id")
    issued, expires = _moment(claims, "iat"), _moment(claims, "exp")
    if issued.timestamp() > now.timestamp() + _SKEW_SECONDS:
        raise BadToken("from the future")
    if expires <= now:
        raise BadToken("expired")
    if expires - issued > LONGEST_LIFE:
        raise BadToken("lives too long")
    return Session(subject.removesuffix(_LOGIN), jti, issued, expires)


def _moment(claims: dict[str, Any], name: str) -> datetime:
    value = claims.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**33:
        raise BadToken(f"{name} is not a time")
    return datetime.fromtimestamp(value, UTC)
