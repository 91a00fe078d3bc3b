"""The real `port.Live`: asks the application controller over its internal HTTP interface."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import quote

import aiohttp
import msgspec
from yarl import URL

from argosy.engine.model.resource import ResourceKey
from argosy.gateways.live.errors import NotHeld, Unavailable
from argosy.wire import controller
from argosy.wire.controller import ClusterInfos, Delta, Missing

_ANSWER_SECONDS = aiohttp.ClientTimeout(total=30, connect=5)
# The controller sends a heartbeat every few seconds; longer silence is a broken connection.
_STREAM_SECONDS = aiohttp.ClientTimeout(total=None, connect=5, sock_read=30)
_LONGEST_LINE = 1024 * 1024
_UNIX = "unix:"


class HttpLive:
    """Asks the controller at `url`, `http://127.0.0.1:PORT` or `unix:/path`; must be closed."""

    def __init__(self, url: str, *, token: str) -> None:
        self._socket = url.removeprefix(_UNIX) if url.startswith(_UNIX) else ""
        self._base = "http://controller" if self._socket else url.rstrip("/")
        self._shown = url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._session: aiohttp.ClientSession | None = None

    async def tree(self, namespace: str, name: str) -> bytes:
        """See `port.Live.tree`."""
        return await self._body(_filled(controller.TREE, namespace, name))

    async def tree_changes(self, namespace: str, name: str, since: str) -> bytes:
        """See `port.Live.tree_changes`."""
        return await self._body(_filled(controller.TREE_CHANGES, namespace, name), {"since": since})

    async def managed_resources(self, namespace: str, name: str) -> bytes:
        """See `port.Live.managed_resources`."""
        return await self._body(_filled(controller.MANAGED, namespace, name))

    async def explanation(self, namespace: str, name: str) -> bytes:
        """See `port.Live.explanation`."""
        return await self._body(_filled(controller.EXPLANATION, namespace, name))

    async def resource(self, namespace: str, name: str, key: ResourceKey) -> bytes:
        """See `port.Live.resource`."""
        query = {"group": key.group, "kind": key.kind, "namespace": key.namespace, "name": key.name}
        return await self._body(_filled(controller.RESOURCE, namespace, name), query)

    async def clusters(self) -> ClusterInfos:
        """See `port.Live.clusters`."""
        try:
            return msgspec.json.decode(await self._body(controller.CLUSTERS), type=ClusterInfos)
        except msgspec.DecodeError as error:
            raise self._unavailable(error) from error

    async def deltas(self) -> AsyncGenerator[Delta]:
        """See `port.Live.deltas`."""
        try:
            async with self._answer(controller.DELTAS, {}, patience=_STREAM_SECONDS) as answer:
                async for line in answer.content:
                    if line.strip():
                        yield msgspec.json.decode(line, type=Delta)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise self._unavailable(error) from error

    async def close(self) -> None:
        """See `port.Live.close`."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _body(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        try:
            async with self._answer(path, query or {}, patience=_ANSWER_SECONDS) as answer:
                return await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._unavailable(error) from error

    @asynccontextmanager
    async def _answer(
        self, path: str, query: Mapping[str, str], *, patience: aiohttp.ClientTimeout
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        url = URL(self._base + path, encoded=True).with_query(query)
        async with self._open().get(url, headers=self._headers, timeout=patience) as answer:
            if answer.status == 404:
                raise NotHeld(_message(await answer.read()))
            if answer.status != 200:
                raise Unavailable(f"the application controller at {self._shown} answered {answer.status} to {path}")
            yield answer

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.UnixConnector(self._socket) if self._socket else aiohttp.TCPConnector()
            self._session = aiohttp.ClientSession(connector=connector, read_bufsize=_LONGEST_LINE, trust_env=False)
        return self._session

    def _unavailable(self, error: Exception) -> Unavailable:
        reason = str(error) or type(error).__name__
        return Unavailable(f"the application controller at {self._shown} does not answer: {reason}")


def _filled(path: str, namespace: str, name: str) -> str:
    return path.format(namespace=quote(namespace, safe=""), name=quote(name, safe=""))


def _message(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=Missing).message
    except msgspec.DecodeError:
        return "the application controller does not hold it"
