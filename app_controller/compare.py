"""What should run against what runs: an admitted application -> a comparison. Called by `reconcile` and `operate`.

`compare` looks at every object of the application, `again` only at those that changed; both judge in the same way, and
what neither side nor rule of has changed keeps its verdict.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from app_controller.admission import Admitted, Place
from app_controller.judge import Basis, Judge, Sides
from app_controller.observe.cache import ClusterCache, Live
from app_controller.outside import Outside
from app_controller.queue import Level
from app_controller.rendering import Rendered, render
from argosy.engine import comparison, settings, targets
from argosy.engine.comparison import Comparison
from argosy.engine.diff import strategy
from argosy.engine.judged import Judged
from argosy.engine.model.resource import GroupKind, ResourceKey
from argosy.engine.packed import PackedSet
from argosy.engine.targets import Targets

_MANY = 200
# Groups that served the same objects under two names while kinds moved out of `extensions`.
_SHARED_GROUPS = ("extensions", "apps", "networking.k8s.io", "policy")


Receipts = Mapping[ResourceKey, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Compared:
    """A complete comparison, and what it was made from."""

    admitted: Admitted
    rendered: Rendered
    targets: Targets
    basis: Basis
    comparison: Comparison


@dataclass(slots=True)
class Remembered:
    """What is kept of an application between looks; can be lost at any time.

    `touched` are objects that changed since they were judged. `compared` is the last comparison; it is `whole` while
    nothing but those objects has changed since.
    """

    rendered: Rendered | None = None
    targets: Targets | None = None
    made_from: tuple[tuple[PackedSet, ...], tuple[object, ...]] | None = None
    judge: Judge = field(default_factory=Judge)
    touched: set[ResourceKey] = field(default_factory=set[ResourceKey])
    compared: Compared | None = None
    whole: bool = False
    receipts: Receipts | None = None
    """By key, the uid of an object and the receipt of our last apply to it; None if they must be read again."""
    known: set[ResourceKey] = field(default_factory=set[ResourceKey])
    """Objects that the inventory is known to have."""

    place: Place | None = None
    """Where objects were wanted last."""

    def go_to(self, place: Place | None) -> None:
        """Want objects here from now on, and none where they were wanted before."""
        before, self.place = self.place, place
        if before is not None and (place is None or place.cache is not before.cache):
            before.cache.release(before.instance)

    def take_touched(self) -> frozenset[ResourceKey]:
        """Return what was touched, from now on to be counted anew."""
        touched, self.touched = frozenset(self.touched), set()
        return touched


async def compare(admitted: Admitted, level: Level, outside: Outside, memory: Remembered) -> Compared:
    """Compare all that should run with all that runs. Raises `Retry`, `Stuck`."""
    memory.whole = False
    rendered = memory.rendered = await render(admitted, level, outside, memory.rendered)
    prepared = await _prepare(admitted, rendered, memory)
    place, basis = admitted.place, _basis(admitted, outside)
    memory.go_to(place)
    await place.cache.want(place.instance, prepared.desired.keys())
    receipts = await _receipts(place, outside, memory)
    last = memory.compared
    before = last.comparison.objects if last is not None and last.basis == basis else {}
    memory.take_touched()
    keys = prepared.desired.keys() | {live.key for live in managed(place)}
    judged = await _judge(keys, _Bench(place, prepared, basis, memory.judge, before, receipts))
    found = comparison.compared(
        admitted.application,
        rendered.rendering,
        (each for each in judged.values() if each is not None),
        instance=place.instance,
        noted=(*rendered.conditions, *prepared.conditions),
    )
    memory.judge.keep_only(found.objects.keys())
    memory.compared = Compared(admitted, rendered, prepared, basis, found)
    memory.whole = True
    return memory.compared


async def again(last: Compared, memory: Remembered) -> Compared:
    """Judge only the objects that were touched since the last comparison, which must be whole."""
    memory.whole = False
    receipts = memory.receipts or {}
    bench = _Bench(last.admitted.place, last.targets, last.basis, memory.judge, last.comparison.objects, receipts)
    judged = await _judge(memory.take_touched(), bench)
    memory.compared = replace(last, comparison=last.comparison.with_changes(judged))
    memory.whole = True
    return memory.compared


def managed(place: Place) -> Iterable[Live]:
    """Return the application's live objects, without hooks and what a controller made from a marked one."""
    return (live for live in place.own() if place.manages(live))


@dataclass(frozen=True, slots=True)
class _Bench:
    """What objects are judged with; `before` are the judgements that stand unless something changed."""

    place: Place
    prepared: Targets
    basis: Basis
    judge: Judge
    before: Mapping[ResourceKey, Judged]
    receipts: Receipts

    def receipt(self, live: Live | None) -> str:
        """Return the receipt of our last apply to a live object, empty if there is none."""
        uid, receipt = ("", "") if live is None else self.receipts.get(live.key, ("", ""))
        return receipt if live is not None and uid == live.uid else ""


async def _judge(keys: Collection[ResourceKey], bench: _Bench) -> Mapping[ResourceKey, Judged | None]:
    """Judge these objects, giving way to others now and then; None for one that is on neither side."""
    found: dict[ResourceKey, Judged | None] = {}
    asked: list[Sides] = []
    for number, key in enumerate(keys, start=1):
        desired, live = bench.prepared.desired.get(key), _live(key, bench.prepared, bench.place)
        if desired is None and live is None:
            found[key] = None
            continue
        sides = Sides(key, desired, live, bench.receipt(live))
        judged = bench.judge.settle(sides, bench.basis, bench.before.get(key))
        if judged is None:
            asked.append(sides)
        else:
            found[key] = judged
        if number % _MANY == 0:
            await asyncio.sleep(0)
    found |= {each.key: each for each in await bench.judge.ask(asked, bench.basis)}
    return found


async def _receipts(place: Place, outside: Outside, memory: Remembered) -> Receipts:
    """Return the receipts of the application's objects; what else the inventory tells is remembered on the way."""
    if memory.receipts is None:
        owned = await outside.store.inventory.owned_by(place.ref)
        here = [entry for entry in owned if entry.cluster == place.destination.server]
        memory.known = {entry.key for entry in here}
        memory.receipts = {entry.key: (entry.uid, entry.receipt) for entry in here if entry.receipt}
    return memory.receipts


def _live(key: ResourceKey, prepared: Targets, place: Place) -> Live | None:
    """Return the live object of this key if it is wanted or managed."""
    live = place.cache.get(key)
    if live is None or key in prepared.desired:
        return live
    return live if place.manages(live) and not _is_twin(live, prepared, place.cache) else None


def _is_twin(live: Live, prepared: Targets, cache: ClusterCache) -> bool:
    """Return whether the API server shows a wanted object a second time, in another group (3.25)."""
    others = (live.key._replace(group=group) for group in _SHARED_GROUPS if group != live.key.group)
    twins = (cache.get(key) for key in others if key in prepared.desired)
    return any(twin is not None and twin.uid == live.uid for twin in twins)


def _basis(admitted: Admitted, outside: Outside) -> Basis:
    spec, said = admitted.application.spec, admitted.settings.customisations
    destination = admitted.place.destination
    return Basis(
        admitted.place.instance,
        admitted.cache,
        admitted.project,
        (destination.server, destination.name),
        outside.answers.informed(settings.rules_for(admitted.settings, spec.ignore_differences)),
        said.health,
        outside.answers,
        said.jq_seconds,
        admitted.cache.api_resources,
        strategy.chosen({"metadata": {"annotations": admitted.application.metadata.annotations}}),
        admitted.cache.schemas.edition,
    )


async def _prepare(admitted: Admitted, rendered: Rendered, memory: Remembered) -> Targets:
    """Return the targets, remembered while what they are made from is the same."""
    place, marks = admitted.place, admitted.settings.tracking
    filters = admitted.settings.watching
    made_from = (rendered.sources, (place.cache.api_versions, admitted.namespace, place.instance, marks, filters))
    if memory.targets is None or memory.made_from != made_from:
        memory.targets = await asyncio.to_thread(
            lambda: targets.prepare(
                rendered.manifests(),
                place.instance,
                namespace=admitted.namespace,
                namespaced=lambda kind: _namespaced(place.cache, kind),
                marks=marks,
                exclusion=place.cache.exclusion,
            )
        )
        memory.made_from = made_from
    return memory.targets


def _namespaced(cache: ClusterCache, kind: GroupKind) -> bool | None:
    resource = cache.resource_for(kind)
    return None if resource is None else resource.namespaced
