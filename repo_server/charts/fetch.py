"""Gets a file over HTTP from a chart repository: bounded in size and time; its origin alone is told credentials.

Called by `charts.repository`. Redirects are followed by hand, three at most, never from https to http, and without the
credentials when they lead to another origin (unless the source says `passCredentials`, as with Helm).
"""

import ssl
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import aiohttp
from yarl import URL

from argosy.engine.model.repository import Repository
from repo_server.errors import Refused
from repo_server.git.address import origin_of, scrub
from repo_server.private_files import PrivateFiles

_MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_PIECE = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A file to get: at most `limit` bytes; not at all if it still has the tag `known`."""

    url: str
    repository: Repository
    limit: int
    known: str = ""
    pass_credentials: bool = False


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A file and the server's tag for it; `url` is where it was asked for."""

    content: bytes
    tag: str


@dataclass(frozen=True)
class NotModified:
    """The file still has the tag that was known."""


async def get(wanted: Wanted, *, seconds: float) -> Fetched | NotModified:
    """Get a file. Raises `Refused`: repository_not_found, access_denied, limit_exceeded or unavailable."""
    timeout = aiohttp.ClientTimeout(total=seconds)
    try:
        async with aiohttp.ClientSession(timeout=timeout, auto_decompress=True) as session:
            return await _follow(session, wanted)
    except TimeoutError as error:
        raise Refused("unavailable", f"{scrub(wanted.url)} did not answer within {seconds:g} seconds") from error
    except (aiohttp.ClientSSLError, ssl.SSLError) as error:
        raise Refused(
            "access_denied",
            f"{scrub(wanted.url)}: its TLS certificate is not trusted; check it and add its authority to "
            f"argocd-tls-certs-cm ({type(error).__name__})",
        ) from error
    except (aiohttp.ClientError, OSError) as error:
        raise Refused("unavailable", f"{scrub(wanted.url)} could not be reached ({scrub(str(error))})") from error


async def _follow(session: aiohttp.ClientSession, wanted: Wanted) -> Fetched | NotModified:
    url = wanted.url
    trust = _trust(wanted.repository)
    for _ in range(_MOST_REDIRECTS + 1):
        async with session.get(
            URL(url, encoded=True),
            headers=_headers(wanted, url),
            ssl=trust,
            proxy=_proxy(wanted.repository, url),
            allow_redirects=False,
        ) as response:
            if response.status in _REDIRECTS and "Location" in response.headers:
                url = _next(url, response.headers["Location"])
                continue
            return await _answer(response, wanted)
    raise Refused("unavailable", f"{scrub(wanted.url)} redirects more than {_MOST_REDIRECTS} times")


async def _answer(response: aiohttp.ClientResponse, wanted: Wanted) -> Fetched | NotModified:
    match response.status:
        case 200:
            content = bytearray()
            async for piece in response.content.iter_chunked(_PIECE):
                content += piece
                if len(content) > wanted.limit:
                    raise Refused(
                        "limit_exceeded", f"{scrub(wanted.url)} is larger than the limit of {wanted.limit:,} bytes"
                    )
            return Fetched(content=bytes(content), tag=response.headers.get("ETag", ""))
        case 304:
            return NotModified()
        case 401 | 403:
            told = "refused the credentials" if _authorization(wanted.repository) else "wants credentials"
            raise Refused("access_denied", f"{scrub(wanted.url)} {told}; correct the repository's entry")
        case 404 | 410:
            raise Refused("repository_not_found", f"{scrub(wanted.url)} does not exist; check the URL")
        case status:
            raise Refused("unavailable", f"{scrub(wanted.url)} answered with status {status}")


def _headers(wanted: Wanted, url: str) -> dict[str, str]:
    headers = {"User-Agent": "argosy-repo-server"}
    if wanted.known:
        headers["If-None-Match"] = wanted.known
    authorization = _authorization(wanted.repository)
    if authorization and (wanted.pass_credentials or _origin(url) == _origin(wanted.repository.url)):
        headers["Authorization"] = authorization
    return headers


def _authorization(repository: Repository) -> str:
    if repository.username or repository.password:
        return aiohttp.encode_basic_auth(repository.username, repository.password, "utf-8")
    return f"Bearer {repository.bearer_token}" if repository.bearer_token else ""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return origin_of(parts.scheme, parts.hostname or "", parts.port) if parts.scheme in ("http", "https") else ""


def _next(url: str, location: str) -> str:
    target = urljoin(url, location)
    before, after = urlsplit(url).scheme, urlsplit(target).scheme
    if after not in ("http", "https") or (before, after) == ("https", "http"):
        raise Refused("unavailable", f"{scrub(url)} redirects from {before} to {after}, which is not followed")
    return target


def _trust(repository: Repository) -> ssl.SSLContext | bool:
    if repository.insecure:
        return False
    if not repository.ca_pem and not repository.tls_client_cert_data:
        return True
    context = ssl.create_default_context(cadata=repository.ca_pem or None)
    if repository.tls_client_cert_data and repository.tls_client_cert_key:
        with PrivateFiles() as files:
            context.load_cert_chain(
                files.add(repository.tls_client_cert_data), files.add(repository.tls_client_cert_key)
            )
    return context


def _proxy(repository: Repository, url: str) -> str | None:
    host = urlsplit(url).hostname or ""
    exempt = [name.strip().lstrip("*.") for name in repository.no_proxy.split(",") if name.strip()]
    if not repository.proxy or any(host == name or host.endswith(f".{name}") for name in exempt):
        return None
    return repository.proxy
