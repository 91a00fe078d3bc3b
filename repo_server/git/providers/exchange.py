"""Asks a provider over HTTPS: a form or nothing goes out, a small JSON object comes back. Called by the providers.

The repository entry's proxy is used and its authorities are trusted. No redirect is followed, and nothing that was sent
is in an error: a provider's own words are quoted, with the secrets taken out.
"""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec

from repo_server.errors import Refused
from repo_server.git.access import Access
from repo_server.git.address import scrub
from repo_server.web.trust import Trust, proxy

_LARGEST_ANSWER = 1024 * 1024
_PIECE = 64 * 1024
_LONGEST_QUOTE = 300
_WORDS = ("error_description", "message", "error")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked: `form` makes it a POST; `correct` names the field of the entry to look at if it is refused."""

    url: str
    correct: str
    form: Mapping[str, str] | None = field(default=None, repr=False)
    bearer: str = field(default="", repr=False)
    method: str = "POST"
    secrets: Sequence[str] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The status and the JSON object that came with it (empty if none did)."""

    status: int
    body: Mapping[str, Any] = field(repr=False)


class Exchange:
    """The way to the providers for one repository; `seconds` bounds each question."""

    def __init__(self, access: Access, *, trust: Trust, seconds: float) -> None:
        self.access = access
        self._trust = trust
        self._seconds = seconds

    async def ask(self, question: Question) -> Mapping[str, Any]:
        """Return the answer to a question. Raises `Refused`: access_denied, unavailable or invalid."""
        reply = await self.try_asking(question)
        if reply.status == 404:
            raise self.refused(question, f"does not exist ({_words(reply, question)})")
        return reply.body

    async def try_asking(self, question: Question) -> Reply:
        """Return the answer to a question; "there is no such thing" (404) is one too. Raises `Refused`."""
        self._check(question)
        try:
            async with asyncio.timeout(self._seconds):
                reply = await self._send(question)
        except TimeoutError as error:
            raise self._unavailable(question, f"did not answer within {self._seconds:g} seconds") from error
        except (aiohttp.ClientSSLError, ssl.SSLError) as error:
            raise self.refused(
                question, "is not trusted; check its TLS certificate and add its authority to argocd-tls-certs-cm"
            ) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise self._unavailable(question, f"could not be reached ({type(error).__name__})") from error
        if reply.status in (200, 201, 404):
            return reply
        words = _words(reply, question)
        if reply.status == 429 or reply.status >= 500:
            raise self._unavailable(question, f"answered with status {reply.status} ({words})")
        raise self.refused(question, f"lends no token: status {reply.status} ({words})")

    def refused(self, question: Question, because: str) -> Refused:
        """Return the refusal for a provider that says no."""
        where = f"repository {self.access.address.url}: {scrub(question.url)}"
        return Refused("access_denied", f"{where} {because}; correct {question.correct} in the repository's entry")

    def _unavailable(self, question: Question, because: str) -> Refused:
        where = f"repository {self.access.address.url}: {scrub(question.url)}"
        return Refused("unavailable", f"{where}, which lends the token for it, {because}")

    def _check(self, question: Question) -> None:
        """What proves who we are goes out over TLS only, except where the repository itself is read without."""
        scheme = urlsplit(question.url).scheme
        if scheme != "https" and (scheme, self.access.address.scheme) != ("http", "http"):
            raise self.refused(question, "is not an https URL")

    async def _send(self, question: Question) -> Reply:
        entry = self.access.repository
        # To trust the repository's own host blindly was asked for; to tell anybody else a secret blindly was not.
        blindly = entry.insecure and urlsplit(question.url).hostname == self.access.address.host
        entry = msgspec.structs.replace(entry, url=self.access.address.url, insecure=blindly)
        headers = {"Accept": "application/json", "User-Agent": "argosy-repo-server"}
        if question.bearer:
            headers["Authorization"] = f"Bearer {question.bearer}"
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.request(
                question.method,
                question.url,
                data=question.form,
                headers=headers,
                ssl=self._trust.context(entry, question.url),
                proxy=proxy(entry, question.url),
                allow_redirects=False,
            ) as answer,
        ):
            return Reply(status=answer.status, body=_object(await _read(answer)))


def text(body: Mapping[str, Any], name: str) -> str:
    """Return a text of an answer; empty if it is none."""
    value = body.get(name)
    return value if isinstance(value, str) else ""


def number(body: Mapping[str, Any], name: str) -> int:
    """Return a whole number of an answer, which some write as text; 0 if it is none."""
    value = body.get(name)
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()) else 0


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """Read an answer; what is larger than any token is cut off, and then no JSON."""
    content = bytearray()
    async for piece in answer.content.iter_chunked(_PIECE):
        content += piece
        if len(content) > _LARGEST_ANSWER:
            break
    return bytes(content)


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(content, type=dict[str, Any])
    except msgspec.DecodeError:
        return {}


def _words(reply: Reply, question: Question) -> str:
    """Return the provider's own words, short, without anything secret or any control character."""
    words = next(filter(None, (text(reply.body, name) for name in _WORDS)), "it gave no reason")
    for secret in (*question.secrets, question.bearer):
        if secret:
            words = words.replace(secret, "***")
    return "".join(character if character.isprintable() else " " for character in scrub(words))[:_LONGEST_QUOTE]
