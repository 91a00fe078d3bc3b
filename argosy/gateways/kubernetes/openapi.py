"""The schemas of the kinds that a destination serves: read when a kind is first compared, once per version of it.

Built on the port only. An API server names its OpenAPI documents, one per group and version, with a hash in each URL:
a document is read again only when that changes, and nothing is kept of it but the schemas of compared kinds. What
cannot be read is `UNREAD`, so that the comparison asks the server; a schema is never guessed.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec
import structlog
from msgspec import Struct, field

from argosy.engine.diff.schema import UNREAD, Schema, openapi
from argosy.engine.model.resource import GroupKind
from argosy.gateways.kubernetes.errors import ClusterError, NotFound
from argosy.gateways.kubernetes.port import ApiResource, Cluster

_INDEX = "/openapi/v3"
_LARGEST_BYTES = 64 * 1024 * 1024
_RETRY_SECONDS = 30.0

_log = structlog.get_logger(__name__)
_Result = TypeVar("_Result")


class _Where(Struct):
    url: str = field(name="serverRelativeURL", default="")


class _Index(Struct):
    paths: dict[str, _Where] = field(default_factory=dict[str, _Where])


class Schemas:
    """The schemas of one cluster. `refresh` is for whoever notices that kinds have changed."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._urls: Mapping[str, str] | None = None
        self._read: dict[ApiResource, tuple[str, Schema]] = {}
        self._shelf = openapi.Shelf()
        self._reading = asyncio.Lock()
        self._not_before = 0.0
        self.edition = 0
        """Grows whenever a schema that was read is another now."""

    def known(self, resource: ApiResource) -> Schema | None:
        """Return the schema of a kind if it was read already; the same object as long as it has not changed."""
        found = self._read.get(resource)
        return None if found is None else found[1]

    async def of(self, resource: ApiResource) -> Schema:
        """Return the schema of a kind, read now if it is new; `UNREAD` if that fails, and for the next half minute."""
        found = self.known(resource)
        if found is not None:
            return found
        async with self._reading:
            return self.known(resource) or await self._read_one(resource)

    async def refresh(self) -> frozenset[GroupKind]:
        """Ask which documents there are, forget what was read of those that have changed, and return which kinds."""
        async with self._reading:
            self._not_before = 0.0
            urls = await self._guarded("the index", self._read_index(), self._urls)
            if urls is None or urls == self._urls:
                return frozenset()
            self._urls = urls
            kept = {kind: found for kind, found in self._read.items() if urls.get(_place(kind)) == found[0]}
            forgotten = frozenset(kind.group_kind for kind in self._read.keys() - kept.keys())
            if forgotten:
                # The parts of forgotten schemas lie on the old shelf, and go when nobody compares with them any more.
                self._read, self._shelf = kept, openapi.Shelf()
                self.edition += 1
            return forgotten

    async def _read_one(self, resource: ApiResource) -> Schema:
        if asyncio.get_running_loop().time() < self._not_before:
            return UNREAD
        if self._urls is None:
            self._urls = await self._guarded("the index", self._read_index(), None)
        url = (self._urls or {}).get(_place(resource))
        if not url:
            return UNREAD
        schema = await self._guarded(_place(resource), self._read_schema(url, resource), None)
        if schema is None:
            return UNREAD
        self._read[resource] = url, schema
        return schema

    async def _read_index(self) -> Mapping[str, str]:
        body = await self._cluster.raw_get(_INDEX)
        index = await asyncio.to_thread(msgspec.json.decode, body, type=_Index)
        return {place: where.url for place, where in index.paths.items() if where.url.startswith(f"{_INDEX}/")}

    async def _read_schema(self, url: str, resource: ApiResource) -> Schema:
        parts = urlsplit(url)
        document = await self._cluster.raw_get(parts.path, query=dict(parse_qsl(parts.query)))
        if len(document) > _LARGEST_BYTES:
            _log.warning("OpenAPI document is too large", server=self._cluster.server, url=parts.path)
            return UNREAD
        kind = (resource.group, resource.version, resource.kind)
        return await asyncio.to_thread(openapi.read, document, kind, self._shelf)

    async def _guarded(self, what: str, reading: Awaitable[_Result], otherwise: _Result | None) -> _Result | None:
        """Return what is read, or the other if that fails; then nothing is tried for a while."""
        try:
            return await reading
        except NotFound:
            # A server from before OpenAPI v3, or a kind that has just gone.
            return otherwise
        except (ClusterError, msgspec.DecodeError, UnicodeDecodeError) as error:
            _log.info("OpenAPI cannot be read", server=self._cluster.server, what=what, reason=str(error))
            self._not_before = asyncio.get_running_loop().time() + _RETRY_SECONDS
            return otherwise


def _place(resource: ApiResource) -> str:
    """Return the name of a kind's document in the index: `api/v1`, `apis/apps/v1`."""
    return f"apis/{resource.api_version}" if resource.group else f"api/{resource.version}"
