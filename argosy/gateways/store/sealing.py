"""Seal what must not be readable in the database, and name contents by keyed digests, which tell nothing of them.

Used by the nouns of the store with the ring that `wiring` read. A digest without a key would let anybody who holds
the database try out guesses of a Secret's value.
"""

import base64
import hashlib
import hmac
import zlib
from collections.abc import Mapping
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from argosy.gateways.store.errors import Unreadable
from argosy.gateways.store.keys import KeyRing

_LARGEST = 256 * 1024 * 1024
"""Bytes that a stored document may unpack to; a larger one is taken for a damaged or planted row."""


def canonical(document: Any) -> bytes:
    """Return the JSON value as bytes that are the same for equal values: keys sorted, no blanks, UTF-8."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


class Sealer:
    """Seals and opens bytes, and makes digests, with one key ring."""

    def __init__(self, ring: KeyRing) -> None:
        self._naming = ring.naming
        fernets = [Fernet(base64.urlsafe_b64encode(key)) for key in ring.sealing]
        self._newest = fernets[0]
        self._fernet = MultiFernet(fernets)

    def seal(self, plain: bytes) -> bytes:
        """Return the bytes compressed and encrypted with the newest key."""
        return _raw(self._fernet.encrypt(pack(plain)))

    def open(self, sealed: bytes, *, what: str) -> bytes:
        """Return what was sealed; `what` names it in the `Unreadable` that is raised."""
        try:
            packed = self._fernet.decrypt(_token(sealed))
        except InvalidToken as error:
            raise Unreadable(
                f"{what} cannot be decrypted: its key is not in the key file, or the row was changed; "
                "restore the key file that belongs to this database"
            ) from error
        return unpack(packed, what=what)

    def seal_document(self, document: Mapping[str, Any]) -> bytes:
        """Return a JSON object, sealed."""
        return self.seal(canonical(document))

    def open_document(self, sealed: bytes, *, what: str) -> Mapping[str, Any]:
        """Return the JSON object that was sealed. Raises `Unreadable`."""
        return orjson.loads(self.open(sealed, what=what))

    def reseal(self, sealed: bytes, *, what: str) -> bytes:
        """Return the content sealed with the newest key: the same bytes if it is already. Raises `Unreadable`."""
        try:
            self._newest.decrypt(_token(sealed))
        except InvalidToken:
            return self.seal(self.open(sealed, what=what))
        return sealed

    def digest(self, purpose: str, content: bytes) -> str:
        """Return the keyed digest of the content, 64 hex digits; different purposes give different digests."""
        key = hmac.digest(self._naming, purpose.encode(), hashlib.sha256)
        return hmac.digest(key, content, hashlib.sha256).hex()


def pack(plain: bytes) -> bytes:
    """Return the bytes compressed."""
    return zlib.compress(plain)


def unpack(packed: bytes, *, what: str) -> bytes:
    """Return what was compressed. Raises `Unreadable` if it is damaged or would not fit in memory."""
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(packed, _LARGEST)
    except zlib.error as error:
        raise Unreadable(f"{what} is damaged: restore the database from your backup") from error
    if not unpacker.eof:
        raise Unreadable(f"{what} is damaged: restore the database from your backup")
    return plain


def _raw(token: bytes) -> bytes:
    """Return a token's bytes: base64 is for mail, a database column holds bytes."""
    return base64.urlsafe_b64decode(token)


def _token(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw)
