"""Asks over HTTP: a request in, the answer's status, headers and bytes out. Called by `web.files` and `oci.registry`.

Redirects are followed by hand, three at most, never from https to http; the Authorization header goes only to the
origin that it is for. A server that says it is busy is asked again after as long as it wants, if that is soon, and is
otherwise left alone until then, whoever asks; what a proxy says counts for those who ask through it.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal
from urllib.parse import urljoin, urlsplit

import aiohttp
from yarl import URL

from argosy.engine.model.repository import Repository
from argosy.gateways.clock import Clock
from repo_server.errors import Refused
from repo_server.git.address import scrub
from repo_server.web.trust import Trust, origin, proxy

_MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_BUSY = (429, 502, 503, 504)
_PIECE = 256 * 1024
_LONGEST_EXCUSE = 64 * 1024
_PAUSES = (0.2, 1.0)
_LONGEST_PAUSE = 10.0
_LONGEST_REST = 900.0
_MOST_RESTING = 1024
_MOST_TO_ONE_SERVER = 32
_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNKNOWN_PROTOCOL")

_Place = tuple[str, str]
"""An origin, and the proxy by which it is reached."""


@dataclass(frozen=True, kw_only=True)
class Authorization:
    """An Authorization header and the origin that may be told it (None: wherever a redirect leads)."""

    value: str = field(repr=False)
    origin: str | None


@dataclass(frozen=True, kw_only=True)
class Request:
    """A GET, or a POST of `body`: at most `limit` bytes of an answer; `repository` says whom to trust, which proxy.

    With `encoding` "any" the server may compress what it sends; "identity" is for files whose bytes matter.
    """

    url: str
    repository: Repository
    limit: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    authorization: Authorization | None = None
    encoding: Literal["identity", "any"] = "identity"
    body: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class Response:
    """What a server answered: headers by name in lower case, several of one name as one; `url` is where it was."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str


class Web:
    """The connections of this process; `seconds` bounds each request, redirects and pauses included."""

    def __init__(self, *, seconds: float, clock: Clock) -> None:
        self._seconds = seconds
        self._clock = clock
        self._trust = Trust()
        self._resting: dict[_Place, float] = {}
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, request: Request) -> Response:
        """Send a request. Raises `Refused`: unavailable, access_denied (TLS), invalid or limit_exceeded."""
        name = scrub(request.url)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._insist(request)
        except TimeoutError as error:
            raise Refused("unavailable", f"{name} did not answer within {self._seconds:g} seconds") from error
        except (aiohttp.ClientSSLError, ssl.SSLError) as error:
            if _speaks_no_tls(error):
                raise Refused("unavailable", f"{name} does not speak TLS; is it served by http?") from error
            raise Refused(
                "access_denied",
                f"{name}: its TLS certificate is not trusted; check it and add its authority to "
                f"argocd-tls-certs-cm ({type(error).__name__})",
            ) from error
        except (aiohttp.InvalidURL, ValueError) as error:
            raise Refused("invalid", f"{name} is not a URL that can be asked") from error
        except (aiohttp.ClientError, OSError) as error:
            raise Refused("unavailable", f"{name} could not be reached ({scrub(_why(error))})") from error

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _insist(self, request: Request) -> Response:
        for pause in _PAUSES:
            response = await self._follow(request)
            if response.status not in _BUSY:
                return response
            wanted = self._wanted_pause(response)
            if wanted is not None and wanted > _LONGEST_PAUSE:
                self._rest(place := _place(request, response.url), wanted)
                self._refuse_resting(place)
            await asyncio.sleep(pause if wanted is None else wanted)
        return await self._follow(request)

    async def _follow(self, request: Request) -> Response:
        url = request.url
        for _ in range(_MOST_REDIRECTS + 1):
            self._refuse_resting(_place(request, url))
            async with self._connections().request(
                "GET" if request.body is None else "POST",
                URL(url, encoded=True),
                data=request.body,
                headers=_headers(request, url),
                ssl=self._trust.context(request.repository, url),
                proxy=proxy(request.repository, url),
                allow_redirects=False,
                auto_decompress=request.encoding == "any",
            ) as answer:
                if answer.status in _REDIRECTS and "Location" in answer.headers:
                    url = _next(url, answer.headers["Location"])
                    continue
                return Response(
                    status=answer.status,
                    headers={name.lower(): ", ".join(answer.headers.getall(name)) for name in answer.headers},
                    content=await _read(answer, request),
                    url=url,
                )
        raise Refused("unavailable", f"{scrub(request.url)} redirects more than {_MOST_REDIRECTS} times")

    def _connections(self) -> aiohttp.ClientSession:
        if self._session is None:
            # One session for all entries: it must carry nothing from one to another, hence no cookies.
            # Who waits for a silent server waits with those who asked the same server, and with nobody else.
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, limit_per_host=_MOST_TO_ONE_SERVER),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
            )
        return self._session

    def _wanted_pause(self, response: Response) -> float | None:
        """Return the seconds that a busy server asks for (RFC 9110, 10.2.3), or None if it names none."""
        text = response.headers.get("retry-after", "").strip()
        if text.isdecimal():
            return min(float(text), _LONGEST_REST)
        try:
            until = parsedate_to_datetime(text)
        except ValueError:
            return None
        until = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
        return _between(self._clock.now(), until)

    def _rest(self, place: _Place, seconds: float) -> None:
        now = self._clock.monotonic()
        if len(self._resting) >= _MOST_RESTING:
            self._resting = {name: until for name, until in self._resting.items() if until > now}
        self._resting[place] = now + seconds

    def _refuse_resting(self, place: _Place) -> None:
        left = self._resting.get(place, 0.0) - self._clock.monotonic()
        if left > 0:
            raise Refused(
                "unavailable", f"{place[0]} asks to be left alone for {left:.0f} more seconds; it is asked then"
            )


def _speaks_no_tls(error: Exception) -> bool:
    """Say whether what was answered to the greeting of TLS is none of it; OpenSSL's name for that has changed."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    return isinstance(cause, ssl.SSLError) and cause.reason in _NO_TLS


def _why(error: Exception) -> str:
    """Return what the system says, without the library's words around it."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    return (cause.strerror if isinstance(cause, OSError) else None) or str(cause)


def _place(request: Request, url: str) -> _Place:
    return origin(url), proxy(request.repository, url) or ""


def _between(now: datetime, until: datetime) -> float:
    return min(max((until - now).total_seconds(), 0.0), _LONGEST_REST)


def _headers(request: Request, url: str) -> dict[str, str]:
    headers = {"User-Agent": "argosy-repo-server", **request.headers}
    if request.encoding == "identity":
        headers["Accept-Encoding"] = "identity"
    told = request.authorization
    if told is not None and (told.origin is None or told.origin == origin(url)):
        headers["Authorization"] = told.value
    return headers


def _next(url: str, location: str) -> str:
    target = urljoin(url, location)
    before, after = urlsplit(url).scheme, urlsplit(target).scheme
    if after not in ("http", "https") or (before, after) == ("https", "http"):
        raise Refused("unavailable", f"{scrub(url)} redirects from {before} to {after}, which is not followed")
    return target


async def _read(answer: aiohttp.ClientResponse, request: Request) -> bytes:
    if answer.status != 200:
        return await answer.content.read(_LONGEST_EXCUSE)
    content = bytearray()
    if (answer.content_length or 0) > request.limit:
        raise _too_large(request)
    async for piece in answer.content.iter_chunked(_PIECE):
        content += piece
        if len(content) > request.limit:
            raise _too_large(request)
    return bytes(content)


def _too_large(request: Request) -> Refused:
    return Refused("limit_exceeded", f"{scrub(request.url)} is larger than the limit of {request.limit:,} bytes")
