"""Google service accounts: a statement signed with the account's key buys an OAuth token, for an hour at most.

https://developers.google.com/identity/protocols/oauth2/service-account#httprest (RFC 7523)
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from repo_server.errors import Refused
from repo_server.git.credentials import GoogleAccount, Password
from repo_server.git.providers.exchange import Exchange, Question, number, text
from repo_server.git.providers.lent import Lent
from repo_server.git.providers.signing import UnusableKey, signed

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFETIME = timedelta(hours=1)
_CORRECT = "gcpServiceAccountKey"


async def buy(account: GoogleAccount, exchange: Exchange, *, now: datetime) -> Lent:
    """Return the account's token. Raises `Refused`."""
    key = _read(account, exchange)
    email, place = text(key, "client_email"), text(key, "token_uri")
    claims = {
        "iss": email,
        "scope": _SCOPE,
        "aud": place,
        "iat": int(now.timestamp()),
        "exp": int((now + _LIFETIME).timestamp()),
    }
    try:
        statement = signed(claims, private_key=text(key, "private_key"), key_id=text(key, "private_key_id"))
    except UnusableKey as error:
        raise _unusable(exchange, f"its private_key is no RSA private key in PEM ({error})") from error
    form = {"grant_type": _GRANT, "assertion": statement}
    question = Question(url=place, correct=_CORRECT, form=form, secrets=(statement,))
    body = await exchange.ask(question)
    if not (token := text(body, "access_token")):
        raise exchange.refused(question, "answered without a token")
    # Argo CD signs in with the account's name; Google looks at the token only.
    return Lent(
        credential=Password(username=email, password=token, unasked=True),
        until=now + timedelta(seconds=number(body, "expires_in")),
    )


def _read(account: GoogleAccount, exchange: Exchange) -> dict[str, Any]:
    try:
        key = msgspec.json.decode(account.key, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise _unusable(exchange, "it is not JSON") from error
    if (kind := text(key, "type")) != "service_account":
        raise _unusable(exchange, f"its type is {kind[:40]!r}; only 'service_account' keys are taken")
    for name in ("client_email", "private_key", "token_uri"):
        if not text(key, name):
            raise _unusable(exchange, f"it has no {name}")
    return key


def _unusable(exchange: Exchange, because: str) -> Refused:
    where = f"repository {exchange.access.address.url}"
    return Refused("access_denied", f"{where}: gcpServiceAccountKey in its entry cannot be used: {because}")
