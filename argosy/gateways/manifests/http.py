"""The repo server over its internal HTTP interface, on a loopback port or a Unix socket. Built by `wiring` modules."""

from typing import TypeVar

import aiohttp
import msgspec

from argosy.engine.model.base import Model
from argosy.gateways.manifests.errors import ManifestsError, Refused, Unavailable
from argosy.wire import repo_server as wire

_UNIX = "unix:"

Answer = TypeVar("Answer", bound=Model)


class HttpManifests:
    """Asks the repo server at `address` ("http://127.0.0.1:8081" or "unix:/path") with the internal token.

    `seconds` bounds each call; it should be longer than the repo server's own limit, whose answer says more.
    """

    def __init__(self, address: str, *, token: str, seconds: float = 200.0) -> None:
        self._address = address
        self._base = "http://repo-server" if address.startswith(_UNIX) else address.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._timeout = aiohttp.ClientTimeout(total=seconds)
        self._session: aiohttp.ClientSession | None = None

    async def render(self, request: wire.RenderRequest) -> wire.RenderAnswer:
        """Return what the sources render to: complete, or an error."""
        return await self._ask(wire.RENDER, request, wire.RenderAnswer)

    async def resolve(self, request: wire.ResolveRequest) -> str:
        """Return the commit id or chart version that the source's target revision means now."""
        return (await self._ask(wire.RESOLVE, request, wire.ResolveAnswer)).revision

    async def verify(self, request: wire.VerifyRequest) -> None:
        """Return if the repository can be reached with its credentials."""
        await self._post(wire.VERIFY, request)

    async def metadata(self, request: wire.MetadataRequest) -> wire.RevisionMetadata:
        """Return who made a revision, when, and what they said of it."""
        return await self._ask(wire.METADATA, request, wire.RevisionMetadata)

    async def details(self, request: wire.DetailsRequest) -> wire.Details:
        """Return what could be set about one of an application's sources."""
        return await self._ask(wire.DETAILS, request, wire.Details)

    async def apps(self, request: wire.AppsRequest) -> wire.AppsAnswer:
        """Return the folders of a repository that could be applications."""
        return await self._ask(wire.APPS, request, wire.AppsAnswer)

    async def refs(self, request: wire.RepositoryRequest) -> wire.RefsAnswer:
        """Return the branches and tags of a Git repository."""
        return await self._ask(wire.REFS, request, wire.RefsAnswer)

    async def charts(self, request: wire.RepositoryRequest) -> wire.ChartsAnswer:
        """Return the charts of a chart repository with their versions."""
        return await self._ask(wire.CHARTS, request, wire.ChartsAnswer)

    async def tags(self, request: wire.RepositoryRequest) -> wire.TagsAnswer:
        """Return the tags of a repository in an OCI registry."""
        return await self._ask(wire.TAGS, request, wire.TagsAnswer)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _ask(self, path: str, request: Model, answer: type[Answer]) -> Answer:
        body = await self._post(path, request)
        try:
            return msgspec.json.decode(body, type=answer)
        except msgspec.MsgspecError as error:
            raise self._unavailable(f"gave an answer that is not of this version: {error}") from error

    async def _post(self, path: str, request: Model) -> bytes:
        try:
            status, body = await self._sent(path, wire.encode(request))
        except TimeoutError as error:
            raise self._unavailable(f"did not answer within {self._timeout.total:g} seconds") from error
        except (aiohttp.ClientError, OSError) as error:
            raise self._unavailable(f"could not be reached: {error}") from error
        if status == 200:
            return body
        raise self._refused(status, body)

    async def _sent(self, path: str, content: bytes) -> tuple[int, bytes]:
        """Send a request and return status and body.

        Once more if the connection was gone: the other side ends those that were idle, and may have been restarted.
        Nothing that is asked changes anything, so it does not matter if it was heard.
        """
        try:
            return await self._sent_once(path, content)
        except aiohttp.ClientConnectorError:
            raise
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            return await self._sent_once(path, content)

    async def _sent_once(self, path: str, content: bytes) -> tuple[int, bytes]:
        async with self._connected().post(self._base + path, data=content) as response:
            return response.status, await response.read()

    def _refused(self, status: int, body: bytes) -> ManifestsError:
        if status == 401:
            return self._unavailable("does not accept our token; both must be given the same token file")
        try:
            refusal = msgspec.json.decode(body, type=wire.Refusal)
        except msgspec.MsgspecError:
            return self._unavailable(f"answered with status {status}")
        return Refused(refusal.code, refusal.message, repositories=refusal.repositories)

    def _unavailable(self, what: str) -> Unavailable:
        return Unavailable(f"the repo server at {self._address} {what}")

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            socket = self._address.startswith(_UNIX)
            connector = aiohttp.UnixConnector(self._address.removeprefix(_UNIX)) if socket else aiohttp.TCPConnector()
            self._session = aiohttp.ClientSession(connector=connector, headers=self._headers, timeout=self._timeout)
        return self._session
