"""Signs the statements (JSON Web Tokens, RS256) by which an app or a service account proves who it is."""

from collections.abc import Mapping

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey


class UnusableKey(Exception):
    """The text is no RSA private key; nothing of it is in the message."""


def signed(claims: Mapping[str, str | int], *, private_key: str, key_id: str = "") -> str:
    """Return the signed statement. Raises `UnusableKey`."""
    header = {"alg": "RS256", "typ": "JWT"} | ({"kid": key_id} if key_id else {})
    try:
        key = RSAKey.import_key(private_key.strip() + "\n")
        return jwt.encode(header, dict(claims), key, algorithms=["RS256"])
    except (JoseError, ValueError, TypeError) as error:
        raise UnusableKey(type(error).__name__) from None
