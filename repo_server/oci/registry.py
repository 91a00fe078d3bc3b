"""Asks registries, as the OCI distribution specification says: tags, manifests, blobs; each verified by its digest.

Our own client and not `oras` for Python: that one blocks (it is built on requests), follows redirects and realms with
its credentials wherever they lead, and keeps layers as files without a bound. Called by `repositories`.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from argosy.engine.model.repository import Repository
from repo_server.errors import Refused
from repo_server.oci.manifest import INDEX_TYPES, MANIFEST_TYPES, Descriptor
from repo_server.oci.place import Place, is_digest
from repo_server.oci.tokens import Tokens
from repo_server.web import files
from repo_server.web.client import Request, Response, Web
from repo_server.web.trust import joined, origin

_LARGEST_MANIFEST = 4 * 1024 * 1024
_LARGEST_PAGE = 8 * 1024 * 1024
_MOST_TAGS = 100_000
_MOST_PAGES = 1000
_PAGE = 1000
_NEXT = re.compile(r'<([^<>]{1,4096})>\s*;\s*rel="?next"?')
_ACCEPT = {"Accept": ", ".join((*MANIFEST_TYPES, *INDEX_TYPES))}


class _Tags(msgspec.Struct, frozen=True):
    tags: tuple[str, ...] | None = ()


class _Complaint(msgspec.Struct, frozen=True):
    code: str = ""


class _Complaints(msgspec.Struct, frozen=True):
    errors: tuple[_Complaint, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Question:
    """What is asked of a place: `what` is for messages, `missing` the refusal if it is not there."""

    url: str
    what: str
    limit: int
    missing: Refused
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class Registry:
    """Any registry. All methods raise `Refused`."""

    def __init__(self, *, web: Web, tokens: Tokens) -> None:
        self._web = web
        self._tokens = tokens

    async def ping(self, place: Place, repository: Repository) -> None:
        """Return if the registry answers with these credentials."""
        registry = Place(base=place.base, name="")
        missing = Refused("repository_not_found", f"{registry.shown} is no registry: it has no /v2/")
        url = f"{place.base}/v2/"
        question = _Question(url=url, what=registry.shown, limit=_LARGEST_PAGE, missing=missing)
        await self._ask(registry, repository, question)

    async def tags(self, place: Place, repository: Repository) -> tuple[str, ...]:
        """Return all tags of a repository, page after page."""
        tags: list[str] = []
        url = f"{place.base}/v2/{place.name}/tags/list?n={_PAGE}"
        missing = Refused("repository_not_found", f"{place.shown} does not exist; check the URL and the chart's name")
        for _ in range(_MOST_PAGES):
            question = _Question(url=url, what=f"the tags of {place.shown}", limit=_LARGEST_PAGE, missing=missing)
            response = await self._ask(place, repository, question)
            try:
                tags += msgspec.json.decode(response.content, type=_Tags).tags or ()
            except msgspec.MsgspecError as error:
                raise Refused("unavailable", f"the tags of {place.shown} cannot be read: {error}") from error
            following = _NEXT.search(response.headers.get("link", "")[:8192])
            if following is None:
                return tuple(tags)
            url = _next_page(url, following[1], place)
            if len(tags) > _MOST_TAGS:
                break
        raise Refused(
            "limit_exceeded", f"{place.shown} has more than {_MOST_TAGS:,} tags, or {_MOST_PAGES:,} pages of them"
        )

    async def manifest(self, place: Place, repository: Repository, reference: str) -> tuple[str, bytes]:
        """Return the digest and bytes of what is under a tag or digest; the digest is that of the bytes."""
        name = f"{place.shown} at {reference[:200]}"
        question = _Question(
            url=f"{place.base}/v2/{place.name}/manifests/{reference}",
            what=name,
            limit=_LARGEST_MANIFEST,
            missing=Refused("revision_not_found", f"{name} does not exist; check the tag or digest"),
            headers=_ACCEPT,
        )
        response = await self._ask(place, repository, question)
        if is_digest(reference):
            _verify(response.content, reference, name=name)
            return reference, response.content
        said = response.headers.get("docker-content-digest", "")
        if is_digest(said):
            _verify(response.content, said, name=name)
        return f"sha256:{hashlib.sha256(response.content).hexdigest()}", response.content

    async def blob(self, place: Place, repository: Repository, descriptor: Descriptor, *, limit: int) -> bytes:
        """Return the bytes of a descriptor, at most `limit`, as many as it says and with its digest."""
        name = f"{place.shown}: its layer {descriptor.digest[:100]}"
        if not is_digest(descriptor.digest):
            raise Refused("render_failed", f"{name} has no digest that can be verified")
        if descriptor.size > limit:
            raise Refused("limit_exceeded", f"{name} has {descriptor.size:,} bytes; the limit is {limit:,} bytes")
        question = _Question(
            url=f"{place.base}/v2/{place.name}/blobs/{descriptor.digest}",
            what=name,
            limit=descriptor.size + 1,
            missing=Refused("unavailable", f"{name} is not there, though the manifest names it"),
        )
        response = await self._ask(place, repository, question)
        if len(response.content) != descriptor.size:
            raise Refused("render_failed", f"{name} is not of the size that the manifest says")
        _verify(response.content, descriptor.digest, name=name)
        return response.content

    async def _ask(self, place: Place, repository: Repository, question: _Question) -> Response:
        """Ask with what the registry wanted last time, and once more with what it then says it wants."""
        entry = msgspec.structs.replace(repository, url=place.base)
        request = Request(
            url=question.url,
            repository=entry,
            limit=question.limit,
            headers=question.headers,
            authorization=await self._tokens.known(place, repository),
        )
        response = await self._web.ask(request)
        if response.status == 401 and origin(response.url) == origin(place.base):
            told = await self._tokens.asked(response.headers.get("www-authenticate", ""), place, repository)
            if told is not None:
                response = await self._web.ask(replace(request, authorization=told))
        return _checked(response, question, repository)


def _checked(response: Response, question: _Question, repository: Repository) -> Response:
    match response.status:
        case 200:
            return response
        case 401 | 403:
            told = "refused the credentials" if files.authorization(repository) else "wants credentials"
            raise Refused(
                "access_denied",
                f"{question.what}: the registry {told}{_code(response)}; correct the repository's entry",
            )
        case 404:
            raise question.missing
        case status:
            raise Refused(
                "unavailable", f"{question.what}: the registry answered with status {status}{_code(response)}"
            )


def _code(response: Response) -> str:
    """Return the registry's own word for what is wrong."""
    try:
        complaints = msgspec.json.decode(response.content, type=_Complaints).errors
    except msgspec.MsgspecError:
        return ""
    code = complaints[0].code[:64] if complaints else ""
    return f" ({code})" if code.isidentifier() else ""


def _next_page(url: str, link: str, place: Place) -> str:
    following = joined(url, link)
    if origin(following) != origin(place.base):
        raise Refused("unavailable", f"{place.shown} says that its tags go on at another host, which is not followed")
    return following


def _verify(content: bytes, digest: str, *, name: str) -> None:
    algorithm, _, expected = digest.partition(":")
    if hashlib.new(algorithm, content).hexdigest() != expected:
        raise Refused("render_failed", f"{name} does not have the digest {digest}; what the registry sent is refused")
