"""Gets what a registry wants to be shown: the entry's own credentials, or a token of the realm that it names.

Tokens are kept in memory until they expire, by entry, realm and scope. Called by `registry`.
"""

from dataclasses import dataclass, field
from urllib.parse import urlencode

import msgspec

from argosy.engine.model.repository import Repository
from argosy.gateways.clock import Clock
from repo_server import entry
from repo_server.errors import Refused
from repo_server.git.address import scrub
from repo_server.oci import challenge
from repo_server.oci.challenge import Basic, Bearer
from repo_server.oci.place import Place
from repo_server.recent import Recent
from repo_server.web import files
from repo_server.web.client import Authorization, Request, Web
from repo_server.web.trust import origin

_MOST_TOKENS = 1024
_LARGEST_TOKEN = 256 * 1024
_SHORTEST_LIFE = 60.0
_LONGEST_LIFE = 3600.0
_MARGIN = 10.0


class _Granted(msgspec.Struct, frozen=True):
    """What a token server answers; both names for the token are in use."""

    token: str = ""
    access_token: str = ""
    expires_in: float = _SHORTEST_LIFE


@dataclass(frozen=True, kw_only=True)
class _Token:
    value: str = field(repr=False)
    until: float


class Tokens:
    """The authorization for each repository of a registry, as an entry has it."""

    def __init__(self, *, web: Web, clock: Clock) -> None:
        self._web = web
        self._clock = clock
        self._tokens: Recent[tuple[bytes, str, str], _Token] = Recent(most=_MOST_TOKENS)
        self._last: Recent[tuple[bytes, Place], Basic | Bearer] = Recent(most=_MOST_TOKENS)

    async def known(self, place: Place, repository: Repository) -> Authorization | None:
        """Return what the registry will want again, as far as it has said so before."""
        if repository.bearer_token:
            return Authorization(value=files.bearer(repository), origin=origin(place.base))
        wanted = self._last.get((entry.identity(repository), place))
        return await self._authorization(wanted, place, repository) if wanted is not None else None

    async def asked(self, header: str, place: Place, repository: Repository) -> Authorization | None:
        """Return what a WWW-Authenticate header asks for, a new token if it is one; None if we have nothing to show.

        Raises `Refused` (access_denied, unavailable).
        """
        wanted = challenge.parse(header)
        if wanted is None or repository.bearer_token:
            return None
        key = entry.identity(repository), place
        self._last.put(key, wanted)
        if isinstance(wanted, Bearer):
            self._tokens.drop(_key(wanted, place, repository))
        return await self._authorization(wanted, place, repository)

    async def _authorization(
        self, wanted: Basic | Bearer, place: Place, repository: Repository
    ) -> Authorization | None:
        match wanted:
            case Basic():
                value = files.authorization(repository)
                return Authorization(value=value, origin=origin(place.base)) if value else None
            case Bearer():
                key = _key(wanted, place, repository)
                token = self._tokens.get(key)
                if token is None or token.until <= self._clock.monotonic():
                    token = self._tokens.put(key, await self._token(wanted, place, repository))
                return Authorization(value=f"Bearer {token.value}", origin=origin(place.base))

    async def _token(self, wanted: Bearer, place: Place, repository: Repository) -> _Token:
        told = files.authorization(repository) if challenge.may_be_told(place.base, wanted.realm) else ""
        response = await self._web.ask(
            Request(
                url=_question(wanted, place),
                repository=msgspec.structs.replace(repository, url=place.base),
                limit=_LARGEST_TOKEN,
                authorization=Authorization(value=told, origin=origin(wanted.realm)) if told else None,
            )
        )
        where = f"{place.shown}: its token server {scrub(origin(wanted.realm))}"
        if response.status in (401, 403):
            raise Refused("access_denied", f"{where} {_why(repository, told)}; correct the repository's entry")
        if response.status != 200:
            raise Refused("unavailable", f"{where} answered with status {response.status}")
        try:
            granted = msgspec.json.decode(response.content, type=_Granted, strict=False)
        except msgspec.MsgspecError as error:
            raise Refused("unavailable", f"{where} gave no token that can be read") from error
        value = granted.token or granted.access_token
        if not value or not value.isascii() or not value.isprintable():
            raise Refused("unavailable", f"{where} gave no token that can be read")
        life = min(max(granted.expires_in, _SHORTEST_LIFE), _LONGEST_LIFE) - _MARGIN
        return _Token(value=value, until=self._clock.monotonic() + life)


def _why(repository: Repository, told: str) -> str:
    if told:
        return "refused the credentials"
    if files.authorization(repository):
        return "is on another domain, was therefore not told the credentials, and gives no token without"
    return "wants credentials"


def _question(wanted: Bearer, place: Place) -> str:
    scope = wanted.scope or (f"repository:{place.name}:pull" if place.name else "")
    given = [("service", wanted.service), ("scope", scope)]
    query = urlencode([(name, value) for name, value in given if value])
    return f"{wanted.realm}{'&' if '?' in wanted.realm else '?'}{query}" if query else wanted.realm


def _key(wanted: Bearer, place: Place, repository: Repository) -> tuple[bytes, str, str]:
    return entry.identity(repository), place.base, _question(wanted, place)
