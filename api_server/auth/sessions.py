"""Sign in, recognise who signed in, sign out. Called by `routes.session` and by `app` for every request."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api_server.auth import tokens
from api_server.auth.passwords import Passwords
from api_server.auth.tokens import BadToken, Session
from api_server.errors import Unauthenticated
from argosy.engine.settings import Account, Settings
from argosy.gateways.clock import Clock
from argosy.gateways.store.changes import ForgetFailedSignIns, RecordFailedSignIn, RevokeToken
from argosy.gateways.store.port import Store

_WRONG = "Invalid username or password"
_ENDED = "the session is not valid or has ended; sign in again"
_MOST_FAILURES = 5
_WINDOW = timedelta(seconds=300)
_LONGEST_NAME = 32
_LONGEST_PASSWORD = 1024
_RENEWED_BEFORE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody at `address` wants to sign in."""

    username: str
    password: str
    address: str

    def __repr__(self) -> str:
        """Leave the password out."""
        return f"Attempt(username={self.username!r}, address={self.address!r})"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A session and the token that proves it."""

    session: Session
    token: str

    def __repr__(self) -> str:
        """Leave the token out."""
        return f"Ticket(session={self.session!r})"


class Sessions:
    """The sessions of the local accounts, under the settings of the moment."""

    def __init__(self, store: Store, clock: Clock, settings: Callable[[], Settings], passwords: Passwords) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._passwords = passwords

    async def sign_in(self, attempt: Attempt) -> Ticket:
        """Return a new session. Raises `Unauthenticated` with the same words whatever was wrong.

        After five failures in five minutes from one address the password is not even looked at; other addresses can
        still sign in (6.36, S-011).
        """
        account = self._account(attempt.username)
        tries = f"{attempt.username}@{attempt.address}"
        now = self._clock.now()
        blocked = account is not None and await self._blocked(tries, now)
        long = len(attempt.username) > _LONGEST_NAME or len(attempt.password) > _LONGEST_PASSWORD
        hashed = account.password_hash if account is not None and account.enabled and not long else ""
        if blocked or not await self._passwords.matches(attempt.password[:_LONGEST_PASSWORD], hashed):
            if account is not None and not blocked:
                await self._store.note(RecordFailedSignIn(tries, now, _WINDOW))
            raise Unauthenticated(_WRONG)
        await self._store.note(ForgetFailedSignIns(tries))
        return self._ticket(attempt.username)

    async def identify(self, token: str) -> Session:
        """Return the session that the token proves, if it is still good. Raises `Unauthenticated`."""
        settings = self._settings()
        try:
            session = tokens.read(token, key=settings.accounts.secret_key, now=self._clock.now())
        except BadToken as error:
            raise Unauthenticated(_ENDED) from error
        account = self._account(session.username)
        if account is None or not account.enabled or _outdated(session, account):
            raise Unauthenticated(_ENDED)
        if await self._store.sign_ins.is_revoked(session.jti):
            raise Unauthenticated(_ENDED)
        return session

    async def sign_out(self, session: Session) -> None:
        """Make the session's token worthless."""
        await self._store.note(RevokeToken(session.jti, session.expires_at))

    def renewed(self, session: Session) -> Ticket | None:
        """Return a fresh ticket when the session has less than five minutes left (6.34)."""
        if session.expires_at - self._clock.now() >= _RENEWED_BEFORE:
            return None
        return self._ticket(session.username)

    def _account(self, username: str) -> Account | None:
        admin = self._settings().accounts.admin
        return admin if username == admin.name else None

    async def _blocked(self, tries: str, now: datetime) -> bool:
        return await self._store.sign_ins.failures(tries, since=now - _WINDOW) >= _MOST_FAILURES

    def _ticket(self, username: str) -> Ticket:
        settings = self._settings()
        if not settings.accounts.secret_key:
            raise Unauthenticated(_WRONG)
        now = self._clock.now().astimezone(UTC).replace(microsecond=0)
        lifetime = min(timedelta(seconds=settings.general.session_seconds), tokens.LONGEST_LIFE)
        session = Session(username, secrets.token_hex(16), now, now + lifetime)
        return Ticket(session, tokens.issue(session, key=settings.accounts.secret_key))


def _outdated(session: Session, account: Account) -> bool:
    """Return whether the password was changed after the session began; tokens count whole seconds."""
    changed = account.password_changed_at
    return changed is not None and session.issued_at < changed.replace(microsecond=0)
