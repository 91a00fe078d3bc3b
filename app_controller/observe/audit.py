"""A slow second look at what is held: whether the watches have told of everything. Run by `cache`, one per cluster.

Every kind is listed once in a while, as metadata alone and a page at a time, and the versions are compared with those
that are held. What still differs after a moment was missed by the watch: it is counted, logged, doubted, and the kind
is listed again as a whole. The pages are spread over the time of a round, so that the cost does not come in waves.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import structlog
from msgspec import Struct, field

from app_controller.observe.objects import Objects
from app_controller.observe.watching import Fresh, Watching
from argosy.engine.model.resource import GroupKind, ResourceKey, metadata_of
from argosy.gateways.kubernetes.errors import ClusterError, NotFound
from argosy.gateways.kubernetes.port import Cluster
from argosy.gateways.kubernetes.reflector import is_older

ROUND_SECONDS = 540.0
"""How long it takes to look at everything once."""

_PAGE = 500
# A continue token is good for five minutes, whatever time a round may take.
_KIND_WITHIN = 240.0
# A watch is given this long to tell what a list has told already.
_GRACE = 5.0

_log = structlog.get_logger(__name__)


class _Metadata(Struct, rename="camel"):
    name: str = ""
    namespace: str = ""
    resource_version: str = ""


class _Object(Struct):
    metadata: _Metadata = field(default_factory=_Metadata)


_decode = msgspec.json.Decoder(_Object).decode


@dataclass(frozen=True, slots=True)
class _Suspect:
    """An object that a list has in this version, or (if it is empty) no longer has; `listed` is the list's version."""

    key: ResourceKey
    version: str
    listed: str


class Audit:
    """Looks at what one cluster's watches keep."""

    def __init__(self, cluster: Cluster, objects: Objects, watchings: Mapping[tuple[GroupKind, str], Watching]) -> None:
        self.missed = 0
        """How many objects were found that a watch had not told of."""
        self._cluster = cluster
        self._objects = objects
        self._watchings = watchings

    async def run(self) -> None:
        """Look at one kind after the other until cancelled."""
        while True:
            places = list(self._watchings.values())
            if not places:
                await asyncio.sleep(1.0)
                continue
            pages = sum(1 + len(self._objects.of_kind(each.kind)) // _PAGE for each in places)
            for watching in places:
                try:
                    await self._look_at(watching, ROUND_SECONDS / pages)
                except ClusterError:
                    continue  # Its own watch says what is wrong, if anything is.

    async def _look_at(self, watching: Watching, pause: float) -> None:
        await asyncio.sleep(pause)
        if not isinstance(watching.freshness, Fresh):
            return
        suspects = await self._compare(watching, pause)
        if not suspects:
            return
        await asyncio.sleep(_GRACE)
        missed = [each for each in suspects if self._is_missed(each)]
        if missed and await self._is_confirmed(watching, missed[0]) and self._is_in_force(watching):
            self.missed += len(missed)
            first = str(missed[0].key)
            _log.warning("a watch did not tell of changes", kind=str(watching.kind), count=len(missed), first=first)
            watching.list_again(f"the watch of {watching.kind} did not tell of a change of {first}; it is listed again")

    async def _compare(self, watching: Watching, pause: float) -> list[_Suspect]:
        """List the kind and return what is not held as it is listed."""
        suspects: list[_Suspect] = []
        # The keys as numbers: for a moment there are as many of them as there are objects of the kind.
        listed: set[int] = set()
        pause = min(pause, _KIND_WITHIN * _PAGE / (1 + len(self._objects.of_kind(watching.kind))))
        after = ""
        while True:
            page = await self._cluster.list_page(
                watching.resource,
                namespace=watching.selection.namespace,
                shape="metadata",
                limit=_PAGE,
                after=after,
            )
            for item in page.items:
                found = _decode(item).metadata
                key = ResourceKey(watching.kind.group, watching.kind.kind, found.namespace, found.name)
                listed.add(hash(key))
                suspect = _Suspect(key, found.resource_version, page.resource_version)
                if self._is_missed(suspect):
                    suspects.append(suspect)
            after = page.next
            if not after:
                break
            await asyncio.sleep(pause)
        return suspects + self._gone(watching, listed, page.resource_version)

    def _gone(self, watching: Watching, listed: set[int], version: str) -> list[_Suspect]:
        """Return what is held and was not in the list, unless it is newer than the list."""
        namespace = watching.selection.namespace
        gone = (
            _Suspect(live.key, "", version)
            for live in self._objects.of_kind(watching.kind)
            if hash(live.key) not in listed and namespace in ("", live.key.namespace)
        )
        return [each for each in gone if self._is_missed(each)]

    def _is_missed(self, suspect: _Suspect) -> bool:
        """Return whether what is held is older than what a list has told."""
        live = self._objects.get(suspect.key)
        if not suspect.version:
            return live is not None and not is_older(suspect.listed, live.resource_version)
        if live is None:
            return not self._objects.is_gone(suspect.key, suspect.version)
        return is_older(live.resource_version, suspect.version)

    async def _is_confirmed(self, watching: Watching, suspect: _Suspect) -> bool:
        """Ask for the object itself: of many that came and went meanwhile, not all are remembered."""
        key = suspect.key
        try:
            found = await self._cluster.get(watching.resource, key.name, namespace=key.namespace)
        except NotFound:
            return self._objects.get(key) is not None
        live = self._objects.get(key)
        version = str(metadata_of(found).get("resourceVersion") or "")
        return live is None or is_older(live.resource_version, version)

    def _is_in_force(self, watching: Watching) -> bool:
        place = watching.kind, watching.selection.namespace
        return self._watchings.get(place) is watching and isinstance(watching.freshness, Fresh)
