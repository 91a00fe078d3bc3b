"""Gets a file from a chart repository or from where a value file is; its origin alone is told credentials.

Called by `charts` and whoever needs a file by its URL.
"""

from dataclasses import dataclass
from typing import Literal

import aiohttp

from argosy.engine.model.repository import Repository
from repo_server.errors import Refused
from repo_server.git.address import scrub
from repo_server.web.client import Authorization, Request, Web
from repo_server.web.trust import origin


@dataclass(frozen=True, kw_only=True)
class Validators:
    """What a server said by which it can tell later whether a file is still the same."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A file to get: at most `limit` bytes; not at all if it is still the one that `known` describes.

    With `credentials_for` "everybody" other origins are told the credentials too, as Helm does for `passCredentials`.
    """

    url: str
    repository: Repository
    limit: int
    known: Validators = Validators()
    credentials_for: Literal["origin", "everybody"] = "origin"
    encoding: Literal["identity", "any"] = "identity"


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A file, and by what the server can tell whether it is still the same."""

    content: bytes
    validators: Validators


@dataclass(frozen=True)
class NotModified:
    """The file is still the one that was known."""


async def get(web: Web, wanted: Wanted) -> Fetched | NotModified:
    """Get a file. Raises `Refused`: repository_not_found, access_denied, limit_exceeded, invalid or unavailable."""
    told = authorization(wanted.repository)
    response = await web.ask(
        Request(
            url=wanted.url,
            repository=wanted.repository,
            limit=wanted.limit,
            headers=_conditions(wanted.known),
            authorization=Authorization(value=told, origin=_audience(wanted)) if told else None,
            encoding=wanted.encoding,
        )
    )
    name = scrub(wanted.url)
    match response.status:
        case 200:
            validators = Validators(
                etag=response.headers.get("etag", ""), last_modified=response.headers.get("last-modified", "")
            )
            return Fetched(content=response.content, validators=validators)
        case 304:
            return NotModified()
        case 401 | 403:
            refused = "refused the credentials" if told else "wants credentials"
            raise Refused("access_denied", f"{name} {refused}; correct the repository's entry")
        case 404 | 410:
            raise Refused("repository_not_found", f"{name} does not exist; check the URL")
        case status:
            raise Refused("unavailable", f"{name} answered with status {status}")


def authorization(repository: Repository) -> str:
    """Return the Authorization header that an entry's credentials make; empty if it has none.

    Raises `Refused` (invalid) for credentials that no header can carry.
    """
    if repository.username or repository.password:
        if ":" in repository.username:
            raise Refused("invalid", f"the username for {scrub(repository.url)} holds a ':', which no login can")
        return aiohttp.encode_basic_auth(repository.username, repository.password, "utf-8")
    return bearer(repository)


def bearer(repository: Repository) -> str:
    """Return the Authorization header that an entry's token makes; empty if it has none. Raises `Refused` (invalid)."""
    # A Secret made from a file ends in a newline.
    token = repository.bearer_token.strip()
    if not (token.isascii() and token.isprintable()):
        raise Refused("invalid", f"the bearerToken for {scrub(repository.url)} holds what no header can")
    return f"Bearer {token}" if token else ""


def _audience(wanted: Wanted) -> str | None:
    return None if wanted.credentials_for == "everybody" else origin(wanted.repository.url)


def _conditions(known: Validators) -> dict[str, str]:
    conditions = {"If-None-Match": known.etag, "If-Modified-Since": "" if known.etag else known.last_modified}
    return {name: value for name, value in conditions.items() if value}
