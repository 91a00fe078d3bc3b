"""Revoked tokens and failed sign-ins. Written by `writing`, read by `sql`.

User names are kept as keyed digests, for people type their passwords into the wrong field.
"""

from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection, case, delete, select

from argosy.gateways.store.changes import (
    ForgetExpired,
    ForgetFailedSignIns,
    RecordFailedSignIn,
    RevokeToken,
    SignInNote,
)
from argosy.gateways.store.sealing import Sealer
from argosy.gateways.store.statements import insert
from argosy.gateways.store.tables import failed_sign_ins, revoked_tokens


def write(connection: Connection, note: SignInNote, *, sealer: Sealer) -> None:
    """Carry out a note."""
    match note:
        case RevokeToken(jti, until):
            connection.execute(insert(connection, revoked_tokens).values(jti=jti, until=until).on_conflict_do_nothing())
        case RecordFailedSignIn():
            _count(connection, note, sealer)
        case ForgetFailedSignIns(username):
            digest = _digest(username, sealer)
            connection.execute(delete(failed_sign_ins).where(failed_sign_ins.c.user_digest == digest))
        case ForgetExpired(now, window):
            connection.execute(delete(revoked_tokens).where(revoked_tokens.c.until < now))
            connection.execute(delete(failed_sign_ins).where(failed_sign_ins.c.last_at < now - window))
        case _:
            assert_never(note)


def _count(connection: Connection, note: RecordFailedSignIn, sealer: Sealer) -> None:
    first = insert(connection, failed_sign_ins).values(
        user_digest=_digest(note.username, sealer), failures=1, last_at=note.at
    )
    again = case((failed_sign_ins.c.last_at < note.at - note.window, 1), else_=failed_sign_ins.c.failures + 1)
    counted = {"failures": again, "last_at": note.at}
    connection.execute(first.on_conflict_do_update(index_elements=["user_digest"], set_=counted))


def _digest(username: str, sealer: Sealer) -> str:
    return sealer.digest("user name", username.encode("utf-8", "surrogatepass"))


def is_revoked(connection: Connection, jti: str) -> bool:
    """Return whether the token was revoked."""
    return connection.execute(select(revoked_tokens.c.jti).where(revoked_tokens.c.jti == jti)).first() is not None


def failures(connection: Connection, username: str, *, since: datetime, sealer: Sealer) -> int:
    """Return how many sign-ins have failed in a row, 0 if the last failure was before `since`."""
    recent = select(failed_sign_ins.c.failures).where(
        failed_sign_ins.c.user_digest == _digest(username, sealer), failed_sign_ins.c.last_at >= since
    )
    return connection.scalars(recent).one_or_none() or 0
