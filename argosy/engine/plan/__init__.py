"""Verdicts -> a plan. Called by the controller before a sync, by the dry run and by whoever shows what would happen.

Everything that the plan depends on comes in as a value; what comes out can be printed, stored and carried out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from argosy.engine import diff, options
from argosy.engine.model.operation import SyncResource
from argosy.engine.model.resource import GroupKind, Manifest, ResourceKey, key_of, metadata_of
from argosy.engine.pairing import Pair
from argosy.engine.plan import order, prune, record
from argosy.engine.plan.prune import Origin, PruneRequest
from argosy.engine.plan.steps import Apply, CreateNamespace, Hook, Kept, Plan, Propagation, Prune, Refused, Step, Wave

__all__ = [
    "Apply",
    "CreateNamespace",
    "Difference",
    "Hook",
    "Kept",
    "Origin",
    "Plan",
    "Propagation",
    "Prune",
    "PruneRequest",
    "Refused",
    "Request",
    "Step",
    "Wave",
    "is_selected",
    "make",
    "order",
    "record",
]

Refuses = Callable[[ResourceKey], str | None]
"""Why the project does not permit an object, or None."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A pair and the verdict on it; one of two equal sides is a difference too, that of nothing."""

    pair: Pair
    verdict: diff.Verdict


@dataclass(frozen=True, slots=True)
class Request:
    """What a sync is asked to do.

    `selection` limits it to these objects (empty: all); `only_out_of_sync` applies only what differs; `namespace` is
    the destination namespace if it is to be created, else empty; `hooks` are the rendered hook objects.
    """

    prune: PruneRequest
    selection: tuple[SyncResource, ...] = ()
    only_out_of_sync: bool = False
    namespace: str = ""
    hooks: tuple[Manifest, ...] = ()


def make(differences: Iterable[Difference], request: Request, *, refuses: Refuses) -> Plan:
    """Return the plan of a sync. If anything is refused, the plan says so and must not be carried out."""
    chosen = [each for each in differences if is_selected(each.pair.key, request.selection)]
    applies = _applies(chosen, request)
    prunes = [
        prune.decide(each.pair.key, each.pair.live, request.prune)
        for each in chosen
        if each.pair.desired is None and each.pair.live is not None
    ]
    steps: list[Step] = [*applies, *(each for each in prunes if isinstance(each, Prune))]
    refused = [Refused(step.key, reason) for step in steps if (reason := refuses(step.key))]
    live = {each.pair.key: each.pair.live for each in chosen if each.pair.live is not None}
    return Plan(
        waves=_waves(applies, [each for each in prunes if isinstance(each, Prune)], live, request.namespace),
        kept=tuple(each for each in prunes if isinstance(each, Kept)),
        refused=tuple(refused),
        hooks=() if request.selection else tuple(_hooks(request.hooks)),
    )


def _hooks(manifests: Iterable[Manifest]) -> Iterable[Hook]:
    """Name the hooks of a sync; a selective one has none (4.37)."""
    for manifest in manifests:
        types = options.hook_types(manifest)
        if types:
            key = key_of(manifest)
            name = key.name or str(metadata_of(manifest).get("generateName") or "")
            yield Hook(key._replace(name=name), types[0])


def is_selected(key: ResourceKey, selection: tuple[SyncResource, ...]) -> bool:
    """Return whether a sync that is limited to these objects (none: all) touches this one."""
    return not selection or any(
        (each.group, each.kind, each.name) == (key.group, key.kind, key.name) and each.namespace in ("", key.namespace)
        for each in selection
    )


def _applies(chosen: Iterable[Difference], request: Request) -> list[Apply]:
    return [
        Apply(each.pair.key, each.pair.desired, exists=each.pair.live is not None)
        for each in chosen
        if each.pair.desired is not None and not (request.only_out_of_sync and isinstance(each.verdict, diff.Same))
    ]


def _waves(
    applies: list[Apply], prunes: list[Prune], live: Mapping[ResourceKey, Manifest], namespace: str
) -> tuple[Wave, ...]:
    """Return the steps by wave: prunes first and mirrored, then applies by kind and name."""
    waves = order.waves_of(apply.manifest for apply in applies)
    own = {step.key: order.wave_of(live[step.key]) for step in prunes}
    mirror = order.mirrored(own.values())
    placed: list[tuple[int, int, int, ResourceKey, Step]] = [
        *((mirror[own[step.key]], 0, -order.rank_of(step.key.kind), step.key, step) for step in prunes),
        *((waves[step.key], 1, order.rank_of(step.key.kind), step.key, step) for step in applies),
    ]
    in_order = sorted(placed, key=lambda place: place[:4])
    found = [
        Wave("Sync", number, tuple(place[4] for place in in_order if place[0] == number))
        for number in sorted({place[0] for place in placed})
    ]
    creates = namespace and not any(step.key == _namespace(namespace) for step in applies)
    first = (Wave("PreSync", 0, (CreateNamespace(_namespace(namespace)),)),) if creates else ()
    return (*first, *found)


def _namespace(name: str) -> ResourceKey:
    return ResourceKey(*GroupKind("", "Namespace"), "", name)
