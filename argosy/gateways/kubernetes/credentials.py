"""Turn an `Identity` into what a request carries, and renew it.

Called by `client` before a request and after a 401.
"""

import asyncio
import base64
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from argosy.gateways.kubernetes import plugin
from argosy.gateways.kubernetes.connection import (
    Anonymous,
    BasicAuth,
    BearerToken,
    ClientCertificate,
    Connection,
    ExecPlugin,
    Identity,
    TokenFile,
)
from argosy.gateways.kubernetes.errors import InvalidConnection, Unauthorized

_FILE_SECONDS = 60.0
_BEFORE_EXPIRY_SECONDS = 60.0
_FOREVER = float("inf")


@dataclass(frozen=True, slots=True)
class Proof:
    """What a request carries: the `Authorization` header (empty for none) and the client certificate."""

    authorization: str = field(repr=False)
    certificate: ClientCertificate | None = None
    until: float = _FOREVER
    """Seconds since the epoch after which it must be asked for again."""


class Credentials:
    """The current proof of one connection; asks the plugin or file again when it has run out or was refused."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._proof: Proof | None = None
        self._asking = asyncio.Lock()

    async def proof(self) -> Proof:
        """Return a proof that has not run out. Raises `Unauthorized` or `InvalidConnection` if there is none."""
        async with self._asking:
            if self._proof is None or self._proof.until <= time.time():
                self._proof = await _prove(self._connection)
            return self._proof

    def refuse(self, proof: Proof) -> bool:
        """Forget a proof that the API server refused; say whether asking again may give another one."""
        if self._proof is proof:
            self._proof = None
        return isinstance(self._connection.identity, TokenFile | ExecPlugin)


async def _prove(connection: Connection) -> Proof:
    identity: Identity = connection.identity
    match identity:
        case Anonymous():
            return Proof("", connection.certificate)
        case BearerToken(token=token):
            return Proof(f"Bearer {token}", connection.certificate)
        case BasicAuth(username=username, password=password):
            pair = base64.b64encode(f"{username}:{password}".encode()).decode()
            return Proof(f"Basic {pair}", connection.certificate)
        case TokenFile(path=path):
            token = await asyncio.to_thread(_read_token, path)
            return Proof(f"Bearer {token}", connection.certificate, until=time.time() + _FILE_SECONDS)
        case ExecPlugin():
            return _proof_of(await plugin.run(identity), identity.command, certificate=connection.certificate)


def _read_token(path: str) -> str:
    try:
        token = Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise InvalidConnection(f"token file {path} cannot be read: {error.strerror}") from error
    if not token:
        raise InvalidConnection(f"token file {path} is empty")
    return token


def _proof_of(status: plugin.Status, command: str, *, certificate: ClientCertificate | None) -> Proof:
    chain, key = status.client_certificate_data, status.client_key_data
    if not status.token and not (chain and key):
        raise Unauthorized(f"credential plugin {command} printed neither a token nor a client certificate")
    if chain and key:
        certificate = ClientCertificate(chain.encode(), key.encode())
    authorization = f"Bearer {status.token}" if status.token else ""
    return Proof(authorization, certificate, until=_expiry(status.expiration_timestamp))


def _expiry(timestamp: str | None) -> float:
    if not timestamp:
        return _FOREVER
    try:
        expiry = datetime.fromisoformat(timestamp).timestamp()
    except ValueError:
        return _FOREVER
    now = time.time()
    # A token that lives for less than the margin is used for half of its life instead of never.
    return max(expiry - _BEFORE_EXPIRY_SECONDS, now + (expiry - now) / 2)
