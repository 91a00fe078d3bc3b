"""Speaks the batch interface of a repository's Git LFS server: hashes in, places to download from, and bytes, out.

Called by `git.lfs`. Over http the server is at the repository's URL with "/info/lfs" behind it, or where `lfs.url` in
.lfsconfig says, as long as that is the same origin, and is told the repository's credentials. Over ssh the host is
asked for the place and a token of its own (`git-lfs-authenticate`), and must not send us to another host.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec

from argosy.engine.model.repository import Repository
from repo_server.errors import Refused
from repo_server.git.access import Access
from repo_server.git.address import scrub
from repo_server.git.credentials import Bearer, Password
from repo_server.git.mirror import Mirror
from repo_server.tree import Store
from repo_server.web.client import Authorization, Request, Response, Web
from repo_server.web.trust import origin, scheme

_JSON = "application/vnd.git-lfs+json"
_CONFIG = ".lfsconfig"
_LARGEST_CONFIG = 64 * 1024
_LARGEST_ANSWER = 4 * 1024 * 1024
_IN_ONE_REQUEST = 100
# What a server may not decide about our requests.
_OURS = ("host", "connection", "content-length", "transfer-encoding", "accept-encoding", "authorization")


class _Action(msgspec.Struct):
    href: str
    header: dict[str, str] = {}


class _Error(msgspec.Struct):
    message: str = ""
    code: int = 0


class _Object(msgspec.Struct):
    oid: str
    actions: dict[str, _Action] = {}
    error: _Error | None = None


class _Batch(msgspec.Struct):
    objects: list[_Object]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one file is, and with which headers it is asked for."""

    url: str
    headers: Mapping[str, str]
    authorization: Authorization | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class _Endpoint:
    url: str
    headers: Mapping[str, str]
    authorization: Authorization | None = field(repr=False)


class LfsServer:
    """The LFS server of one repository; `root` is the directory that .lfsconfig would be in."""

    def __init__(self, store: Store, *, mirror: Mirror, root: str, web: Web) -> None:
        self._store = store
        self._mirror = mirror
        self._root = root
        self._web = web
        self.name = mirror.access.address.url

    async def places(self, sizes: Mapping[str, int]) -> dict[str, Place]:
        """Ask where files are, by hash and size. Raises `Refused` if the server does not have all of them."""
        endpoint = await self._endpoint()
        found: dict[str, Place] = {}
        oids = list(sizes)
        for start in range(0, len(oids), _IN_ONE_REQUEST):
            some = oids[start : start + _IN_ONE_REQUEST]
            for item in await self._batch(endpoint, {oid: sizes[oid] for oid in some}):
                if item.oid in sizes:
                    found[item.oid] = self._place(item, endpoint)
        if missing := [oid for oid in oids if oid not in found]:
            raise Refused("path_not_found", f"the Git LFS server of {self.name} says nothing of {missing[0][:12]}")
        return found

    async def download(self, place: Place, *, limit: int) -> bytes:
        """Get a file of at most `limit` bytes. Raises `Refused`."""
        request = Request(
            url=place.url,
            repository=self._entry(),
            limit=limit,
            headers=place.headers,
            authorization=place.authorization,
        )
        return self._good(await self._web.ask(request)).content

    async def _batch(self, endpoint: _Endpoint, sizes: Mapping[str, int]) -> list[_Object]:
        asked = {
            "operation": "download",
            "transfers": ["basic"],
            "hash_algo": "sha256",
            "objects": [{"oid": oid, "size": size} for oid, size in sizes.items()],
        }
        request = Request(
            url=f"{endpoint.url.rstrip('/')}/objects/batch",
            repository=self._entry(),
            limit=_LARGEST_ANSWER,
            headers={**endpoint.headers, "Accept": _JSON, "Content-Type": _JSON},
            authorization=endpoint.authorization,
            body=msgspec.json.encode(asked),
        )
        response = self._good(await self._web.ask(request))
        try:
            return msgspec.json.decode(response.content, type=_Batch).objects
        except msgspec.MsgspecError as error:
            raise Refused(
                "unavailable", f"the Git LFS server of {self.name} answered something else: {error}"
            ) from error

    def _place(self, item: _Object, endpoint: _Endpoint) -> Place:
        action = item.actions.get("download")
        if item.error is not None or action is None:
            words = item.error.message[:200] if item.error is not None else "it cannot be downloaded"
            raise Refused(
                "path_not_found", f"the Git LFS server of {self.name} does not have {item.oid[:12]}: {words!r}"
            )
        if origin(action.href) != origin(endpoint.url) and scheme(action.href) != "https":
            raise Refused(
                "unavailable",
                f"the Git LFS server of {self.name} sends us to {scrub(action.href)[:200]!r}; another host is only "
                "asked over https",
            )
        return Place(
            url=action.href,
            headers=_harmless(action.header),
            authorization=_told(action.header, action.href) or endpoint.authorization,
        )

    async def _endpoint(self) -> _Endpoint:
        access = await self._mirror.equipped()
        address = access.address
        if address.over_ssh:
            return await self._over_ssh()
        if not address.over_http:
            raise Refused("invalid", f"{self.name}: files in Git LFS are read over https, http and ssh only")
        url = await self._configured() or f"{address.url.rstrip('/').removesuffix('.git')}.git/info/lfs"
        if origin(url) != address.origin:
            raise Refused(
                "invalid",
                f"lfs.url in {_CONFIG} of {self.name} names another server ({scrub(url)[:200]!r}), which is not asked; "
                "take it out, or keep the files where the repository is",
            )
        header = _authorization(access)
        told = Authorization(value=header, origin=address.origin) if header else None
        return _Endpoint(url=url, headers={}, authorization=told)

    async def _over_ssh(self) -> _Endpoint:
        answer = await self._mirror.lfs_authenticate()
        try:
            action = msgspec.json.decode(answer, type=_Action)
        except msgspec.MsgspecError as error:
            raise Refused("unavailable", f"{self.name}: git-lfs-authenticate answered something else") from error
        if not origin(action.href) or urlsplit(action.href).hostname != self._mirror.access.address.host:
            raise Refused(
                "unavailable",
                f"{self.name}: git-lfs-authenticate sends us to another host ({scrub(action.href)[:200]!r})",
            )
        return _Endpoint(
            url=action.href, headers=_harmless(action.header), authorization=_told(action.header, action.href)
        )

    async def _configured(self) -> str:
        """Return `lfs.url` of .lfsconfig; empty if it is not set."""
        node = (await self._store.directory(self._root)).get(_CONFIG)
        if node is None or node.kind != "file":
            return ""
        await self._store.contents([node.identity], limit=_LARGEST_CONFIG)
        finished = await self._mirror.look(["config", f"--blob={node.identity}", "--get", "lfs.url"], {})
        return finished.output.decode("utf-8", "replace").strip() if finished.status == 0 else ""

    def _entry(self) -> Repository:
        """Return whom to trust and how to get there; over ssh the entry says nothing of https."""
        return self._mirror.access.repository

    def _good(self, response: Response) -> Response:
        where = f"the Git LFS server of {self.name}"
        match response.status:
            case 200:
                return response
            case 401 | 403:
                raise Refused("access_denied", f"{where} refused the credentials; correct the repository's entry")
            case 404 | 410 | 501:
                raise Refused("path_not_found", f"{where} does not have what a pointer names, or there is none")
            case status:
                raise Refused("unavailable", f"{where} answered with status {status}")


def _authorization(access: Access) -> str:
    match access.credential:
        case Password(username=username, password=password):
            return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
        case Bearer(token=token):
            return f"Bearer {token}"
        case _:
            return ""


def _told(headers: Mapping[str, str], url: str) -> Authorization | None:
    """Return the Authorization header that a server gave for a place of its own."""
    value = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
    return Authorization(value=value, origin=origin(url)) if value else None


def _harmless(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _OURS}
