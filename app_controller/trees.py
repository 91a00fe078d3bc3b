"""The resource trees of applications: made when they are asked for, and then kept up to date object by object.

What an object looks like in a tree is remembered for as long as the object stays at one version, so one changed pod
makes one node anew; a large tree is made in small steps, so that others have their turn. Called by `views`.
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from app_controller import orphans
from app_controller.compare import Compared
from app_controller.nodes import Painter, Terms
from app_controller.observe.cache import ClusterCache, Live
from app_controller.queue import ApplicationKey
from app_controller.sight import Sight
from app_controller.watched import Watched
from app_controller.work import Work
from argosy.engine import tree as engine
from argosy.engine.model.resource import ResourceKey
from argosy.engine.model.tree import ApplicationTree, Host, ResourceNode
from argosy.engine.tree import Described, Surroundings, Versions, Visited, hosts

T = TypeVar("T")

MOST_NODES = 100_000
"""How many nodes are remembered, of all applications together; the trees not asked for longest go first."""
_AT_ONCE = 100
_RESTS = 4.0
"""How much longer than a tree took is waited before the application's next one."""


@dataclass(slots=True)
class _Known:
    """What is kept of one application's trees; one is made at a time."""

    versions: Versions
    painter: Painter | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    begun: int = 0
    """How many trees were begun."""
    made: int = 0
    """Which of them was finished last."""
    rests_until: float = 0.0


class Trees:
    """The trees of the applications that are asked for."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._known: OrderedDict[ApplicationKey, _Known] = OrderedDict()

    async def versions(self, key: ApplicationKey) -> Versions | None:
        """Return the application's tree as it is now, and how it came to be so; None if it was never compared.

        Who asks while one is made waits for the next, which all who wait share; and that begins only after a rest, so
        that a large tree that never stands still does not take up the controller.
        """
        known = self._known.setdefault(key, _Known(Versions(secrets.token_hex(6))))
        self._known.move_to_end(key)
        asked_after = known.begun
        async with known.lock:
            if known.made <= asked_after:
                await asyncio.sleep(max(0.0, known.rests_until - self._work.outside.clock.monotonic()))
                await self._renew(key, known)
        self._forget()
        return known.versions if known.made else None

    async def _renew(self, key: ApplicationKey, known: _Known) -> None:
        compared, clock = self._work.compared(key), self._work.outside.clock
        if compared is None:
            known.made = 0
            return
        settings = compared.admitted.settings
        terms = Terms(settings.shown, settings.customisations.health, settings.watching.masked_annotations)
        if known.painter is None or known.painter.terms != terms:
            known.painter = Painter(terms, self._work.outside.answers)
        known.begun += 1
        begun = clock.monotonic()
        known.versions.take(await _tree(compared, known.painter, self._work.watched))
        known.made = known.begun
        known.rests_until = clock.monotonic() + _RESTS * (clock.monotonic() - begun)

    def _forget(self) -> None:
        for key in [key for key, known in self._known.items() if not known.made and not known.lock.locked()]:
            del self._known[key]
        total = sum(len(known.versions.tree.nodes) for known in self._known.values())
        while total > MOST_NODES and len(self._known) > 1:
            _, known = self._known.popitem(last=False)
            total -= len(known.versions.tree.nodes)


async def _tree(compared: Compared, painter: Painter, watched: Watched) -> ApplicationTree:
    admitted = compared.admitted
    around = Surroundings(admitted.cache, painter.describe, Sight(admitted).may_see)
    visited = [each async for each in _in_steps(engine.walk(_roots(compared), around))]
    nobodys = [each async for each in _in_steps(engine.walk(orphans.found(compared, watched), around))]
    judged = await painter.judge()
    found = await _hosts(visited, admitted.cache, painter)
    painter.turn()
    return ApplicationTree(
        nodes=_with_missing(engine.assemble(_informed(visited, judged)), compared),
        orphaned_nodes=engine.assemble(_informed(nobodys, judged)),
        hosts=found,
    )


def _roots(compared: Compared) -> list[Live]:
    """Return the managed objects, and what else carries the application's mark: hooks, and copies of marked objects."""
    place, comparison = compared.admitted.place, compared.comparison
    managed = [live for live in map(place.cache.get, comparison.order) if live is not None]
    marked = (live for live in place.cache.tracked_by(place.instance) if not live.owners)
    return [*managed, *(live for live in marked if live.key not in comparison.objects)]


def _with_missing(nodes: tuple[ResourceNode, ...], compared: Compared) -> tuple[ResourceNode, ...]:
    """Return the nodes, and those of what should run and does not."""
    lacking = [
        engine.missing(judged.key, judged.version)
        for judged in compared.comparison.judged
        if judged.permitted and compared.admitted.cache.get(judged.key) is None
    ]
    return tuple(sorted((*nodes, *lacking), key=engine.key_of)) if lacking else nodes


def _informed(visited: Iterable[Visited], judged: Mapping[ResourceKey, Described]) -> Iterator[Visited]:
    for each in visited:
        described = judged.get(each.described.key)
        yield each if described is None else replace(each, described=described)


async def _hosts(visited: Iterable[Visited], cache: ClusterCache, painter: Painter) -> tuple[Host, ...]:
    """Return the cluster nodes on which pods of the tree run."""
    own = [each.described.key for each in visited if each.described.key.group_kind == hosts.POD]
    pods = [pod for pod in map(cache.get, own) if pod is not None]
    names = sorted({pod.node for pod in pods if pod.node})
    machines = [live for live in map(cache.get, map(hosts.key_of, names)) if live is not None]
    running = (pod for machine in machines for pod in cache.pods_on(machine.key.name))
    loads = [painter.load(pod) async for pod in _in_steps(running)]
    return hosts.hosts(map(painter.machine, machines), loads, own)


async def _in_steps(each: Iterable[T]) -> AsyncIterator[T]:
    """Yield what is yielded, and let others have their turn now and then."""
    for number, item in enumerate(each, start=1):
        yield item
        if number % _AT_ONCE == 0:
            await asyncio.sleep(0)
