"""The real `port.Cluster`: sends what `requests` builds, through `transport`, and reads answers with `stream`,
`discovery` and `answers`. Only `connect` makes one.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson
from yarl import URL

from argosy.engine.model.resource import Manifest
from argosy.gateways.kubernetes import answers, discovery, requests, stream, transport
from argosy.gateways.kubernetes.connection import ClientCertificate, Connection
from argosy.gateways.kubernetes.credentials import Credentials, Proof
from argosy.gateways.kubernetes.errors import NotFound, Unreachable
from argosy.gateways.kubernetes.port import (
    ApiResource,
    Bookmark,
    Discovery,
    Page,
    PatchType,
    Precondition,
    Propagation,
    Shape,
    WatchEvent,
)
from argosy.gateways.kubernetes.requests import Request

_MOST_ANSWER_BYTES = 512 * 1024 * 1024
_LONG_PAGE_BYTES = 1024 * 1024
_CHUNK_BYTES = 64 * 1024
# Short: the server sends a bookmark before it ends a watch, so that silence for longer says that it is gone.
_WATCH_SECONDS = (35, 45)
_ANY = Precondition()


class Client:
    """One API server, spoken to in JSON; connects at the first request. Must be closed."""

    def __init__(self, connection: Connection, *, name: str = "") -> None:
        self.server = name or connection.server
        self.requests: Counter[tuple[str, str]] = Counter()
        """How many requests were sent, by verb and resource (`("apply", "deployments.apps")`), for benchmarks."""
        self._connection = connection
        self._credentials = Credentials(connection)
        self._session: aiohttp.ClientSession | None = None
        self._certificate: ClientCertificate | None = None
        self._options = transport.request_options(connection)

    async def discover(self) -> Discovery:
        """See `port.Cluster.discover`."""
        found = await self._discover("/api") + await self._discover("/apis")
        version = await self._send(requests.discovery("/version"))
        resources = discovery.mark_preferred(found.resources)
        return Discovery(resources, discovery.read_server_version(version), found.failed)

    async def _discover(self, path: str) -> discovery.Found:
        body = await self._send(requests.discovery(path))
        aggregated = discovery.read_aggregated(body)
        if aggregated is not None:
            return aggregated
        found = discovery.Found()
        for group, version in discovery.read_group_versions(body):
            where = f"{path}/{group}/{version}" if group else f"{path}/{version}"
            try:
                found += discovery.read_resources(await self._send(requests.discovery(where)), group, version)
            except (Unreachable, NotFound):
                found += discovery.Found(failed=(discovery.group_version(group, version),))
        return found

    async def get(self, resource: ApiResource, name: str, *, namespace: str = "") -> Manifest:
        """See `port.Cluster.get`."""
        return await self._object(requests.get(resource, name, namespace=namespace))

    async def list_page(
        self,
        resource: ApiResource,
        *,
        namespace: str = "",
        label_selector: str = "",
        shape: Shape = "whole",
        limit: int = 500,
        after: str = "",
    ) -> Page:
        """See `port.Cluster.list_page`."""
        request = requests.list_page(
            resource, namespace=namespace, label_selector=label_selector, shape=shape, limit=limit, after=after
        )
        body = await self._send(request)
        if len(body) > _LONG_PAGE_BYTES:
            return await asyncio.to_thread(stream.read_page, body, resource, shape=shape)
        return stream.read_page(body, resource, shape=shape)

    async def watch(
        self,
        resource: ApiResource,
        *,
        resource_version: str,
        namespace: str = "",
        label_selector: str = "",
        shape: Shape = "whole",
    ) -> AsyncGenerator[WatchEvent]:
        """See `port.Cluster.watch`."""
        request = requests.watch(
            resource,
            resource_version=resource_version,
            namespace=namespace,
            label_selector=label_selector,
            shape=shape,
            # Spread, so that the watches of a cluster do not all end at once.
            seconds=random.randint(*_WATCH_SECONDS),  # noqa: S311
        )
        async with self._answer(request) as answer:
            yield Bookmark(resource_version)
            try:
                async for line in stream.split_lines(answer.content.iter_any()):
                    event = stream.read_event(line, resource, shape=shape)
                    if event is not None:
                        yield event
            except aiohttp.SocketTimeoutError as error:
                raise Unreachable(f"{self._about(request)}: the watch has fallen silent") from error
            except stream.BrokenStream as error:
                raise answers.watch_error(error.status, request=request, server=self.server) from error

    async def may(self, verb: str, resource: ApiResource, *, namespace: str = "") -> bool:
        """See `port.Cluster.may`."""
        review = await self._object(requests.may(verb, resource, namespace=namespace))
        return bool((review.get("status") or {}).get("allowed"))

    async def apply(self, resource: ApiResource, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """See `port.Cluster.apply`."""
        return await self._object(requests.apply(resource, manifest, dry_run=dry_run))

    async def create(self, resource: ApiResource, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """See `port.Cluster.create`."""
        return await self._object(requests.create(resource, manifest, dry_run=dry_run))

    async def replace(self, resource: ApiResource, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """See `port.Cluster.replace`."""
        return await self._object(requests.replace(resource, manifest, dry_run=dry_run))

    async def patch(
        self,
        resource: ApiResource,
        name: str,
        body: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        *,
        namespace: str = "",
        patch_type: PatchType = "merge",
        dry_run: bool = False,
        shape: Shape = "whole",
        subresource: str = "",
    ) -> Manifest:
        """See `port.Cluster.patch`."""
        request = requests.patch(
            resource,
            name,
            body,
            namespace=namespace,
            patch_type=patch_type,
            dry_run=dry_run,
            shape=shape,
            subresource=subresource,
        )
        return await self._object(request)

    async def delete(
        self,
        resource: ApiResource,
        name: str,
        *,
        namespace: str = "",
        propagation: Propagation = "Foreground",
        precondition: Precondition = _ANY,
    ) -> None:
        """See `port.Cluster.delete`."""
        await self._send(
            requests.delete(resource, name, namespace=namespace, propagation=propagation, precondition=precondition)
        )

    async def raw_get(self, path: str, *, query: Mapping[str, str] | None = None) -> bytes:
        """See `port.Cluster.raw_get`."""
        return await self._send(requests.raw(path, query or {}))

    async def close(self) -> None:
        """See `port.Cluster.close`."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _object(self, request: Request) -> Manifest:
        return orjson.loads(await self._send(request))

    async def _send(self, request: Request) -> bytes:
        async with self._answer(request) as answer:
            parts: list[bytes] = []
            size = 0
            async for part in answer.content.iter_any():
                parts.append(part)
                size += len(part)
                if size > _MOST_ANSWER_BYTES:
                    raise Unreachable(f"{self._about(request)}: the answer is larger than {_MOST_ANSWER_BYTES} bytes")
            return b"".join(parts)

    @asynccontextmanager
    async def _answer(self, request: Request) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Send a request and give its answer, status 2xx; once more with fresh credentials if they were refused."""
        try:
            answer = await self._attempt(request)
            async with answer:
                yield answer
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(f"{self._about(request)}: {_reason(error)}") from error

    async def _attempt(self, request: Request) -> aiohttp.ClientResponse:
        proof = await self._credentials.proof()
        answer = await self._request(request, proof)
        if answer.status == 401 and self._credentials.refuse(proof):
            answer.release()
            answer = await self._request(request, await self._credentials.proof())
        if not 200 <= answer.status < 300:
            async with answer:
                body = await answer.content.read(_CHUNK_BYTES)
            raise answers.error_for(answer.status, body, request=request, server=self.server, headers=answer.headers)
        return answer

    async def _request(self, request: Request, proof: Proof) -> aiohttp.ClientResponse:
        session = await self._session_for(proof)
        self.requests[request.verb, request.resource] += 1
        headers = {
            "Accept": request.accept,
            "Accept-Encoding": self._connection.encoding,
            "User-Agent": requests.FIELD_MANAGER,
        }
        if proof.authorization:
            headers["Authorization"] = proof.authorization
        if request.body is not None:
            headers["Content-Type"] = request.content_type
        url = URL(self._connection.server + request.target, encoded=True)
        return await session.request(
            request.method,
            url,
            data=request.body,
            headers=headers,
            timeout=transport.timeout_of(request.verb),
            **self._options,
        )

    async def _session_for(self, proof: Proof) -> aiohttp.ClientSession:
        if self._session is not None and proof.certificate == self._certificate:
            return self._session
        # Swapped before anything is awaited, so that two requests at once do not both open one.
        old, self._certificate = self._session, proof.certificate
        self._session = transport.open_session(self._connection, proof.certificate)
        if old is not None:
            await old.close()
        return self._session

    def _about(self, request: Request) -> str:
        return f"{request.verb} {request.subject} on {self.server}"


def _reason(error: Exception) -> str:
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return f"the certificate of the server is not trusted ({error.certificate_error})"
        case aiohttp.ClientConnectorError():
            # asyncio puts its own words into the error; the number has the system's.
            number = error.os_error.errno
            return f"cannot connect: {os.strerror(number) if number else error.os_error}"
        case TimeoutError():
            return "no answer in time"
        case _:
            return str(error) or type(error).__name__
