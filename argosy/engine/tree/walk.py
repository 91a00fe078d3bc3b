"""Objects -> what they own, what that owns, and so on; each object once, whatever circles the references go in.

`walk` goes step by step, so that whoever calls it can give way to others in between; `assemble` makes the nodes.
Called by the controller for what an application manages, and for orphans.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from msgspec.structs import replace

from argosy.engine.model.resource import Manifest, ResourceKey
from argosy.engine.model.tree import ResourceNode
from argosy.engine.tree import owners
from argosy.engine.tree.described import Described, reference_to


class Found(Protocol):
    """A live object as somebody holds it."""

    @property
    def key(self) -> ResourceKey:
        """What tells it from others."""
        ...

    @property
    def uid(self) -> str:
        """What tells it from its successors of the same name."""
        ...

    def manifest(self) -> Manifest:
        """Decode the object."""
        ...


class Living(Protocol):
    """What is held of a cluster, with the indexes that the walk asks."""

    def children(self, uid: str) -> Iterable[Found]:
        """Return the objects that refer to this uid as an owner."""
        ...

    def ownerless_in(self, namespace: str) -> Iterable[Found]:
        """Return the objects of a namespace that refer to no owner."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a walk goes: what lives, how it is described, and into what it may go."""

    living: Living
    describe: Callable[[Found], Described]
    permits: Callable[[ResourceKey], bool]


@dataclass(frozen=True, slots=True)
class Visited:
    """An object that was reached, and the objects that it owns."""

    described: Described
    owned: tuple[ResourceKey, ...]


def walk(roots: Iterable[Found], around: Surroundings) -> Iterator[Visited]:
    """Yield the roots and all that they own, breadth first; what is not permitted hides what it owns."""
    claims = _Claims(around.living)
    waiting: deque[Found] = deque(root for root in roots if around.permits(root.key))
    seen = {root.key for root in waiting}
    while waiting:
        thing = waiting.popleft()
        described = around.describe(thing)
        owned = [each for each in _owned(thing, described, claims, around) if around.permits(each.key)]
        for each in owned:
            if each.key not in seen:
                seen.add(each.key)
                waiting.append(each)
        yield Visited(described, tuple(each.key for each in owned))


def assemble(visited: Iterable[Visited]) -> tuple[ResourceNode, ...]:
    """Return the nodes with their parents, sorted by key. Following parents never goes round in a circle."""
    reached = {each.described.key: each for each in visited}
    parents = _without_circles(reached)
    return tuple(_with_parents(reached, key, parents[key]) for key in sorted(reached))


def _owned(thing: Found, described: Described, claims: "_Claims", around: Surroundings) -> Iterator[Found]:
    """Yield what an object owns, itself never."""
    for child in around.living.children(thing.uid):
        is_valid = child.key != thing.key and owners.may_own(thing.key, child.key)
        if is_valid and thing.uid in around.describe(child).owners:
            yield child
    for claim in described.answers_to:
        yield from claims.on(claim)


class _Claims:
    """What is ownerless and claims an owner, by that claim; read once for each namespace that is asked for."""

    def __init__(self, living: Living) -> None:
        self._living = living
        self._by_namespace: dict[str, Mapping[ResourceKey, list[Found]]] = {}

    def on(self, claim: ResourceKey) -> Iterable[Found]:
        """Return what makes this claim."""
        if claim.namespace not in self._by_namespace:
            self._by_namespace[claim.namespace] = self._read(claim.namespace)
        return self._by_namespace[claim.namespace].get(claim, ())

    def _read(self, namespace: str) -> Mapping[ResourceKey, list[Found]]:
        found: dict[ResourceKey, list[Found]] = {}
        for thing in self._living.ownerless_in(namespace):
            claim = owners.claim_of(thing.key, thing.manifest)
            if claim is not None:
                found.setdefault(claim, []).append(thing)
        return found


def _without_circles(reached: Mapping[ResourceKey, Visited]) -> Mapping[ResourceKey, list[ResourceKey]]:
    """Return the parents of each object; where they go in circles, what was reached first loses those that are left."""
    parents: dict[ResourceKey, list[ResourceKey]] = {key: [] for key in reached}
    for key, visited in reached.items():
        for child in visited.owned:
            if child in parents:
                parents[child].append(key)
    left = {key: len(found) for key, found in parents.items()}
    free = deque(key for key, number in left.items() if not number)
    stuck = iter(reached)
    while left:
        if not free:
            key = next(key for key in stuck if key in left)
            parents[key] = [parent for parent in parents[key] if parent not in left]
            free.append(key)
        key = free.popleft()
        if left.pop(key, None) is not None:
            free.extend(_freed_by(reached[key], left))
    return parents


def _freed_by(visited: Visited, left: dict[ResourceKey, int]) -> Iterator[ResourceKey]:
    for child in visited.owned:
        if child in left:
            left[child] -= 1
            if not left[child]:
                yield child


def _with_parents(
    reached: Mapping[ResourceKey, Visited], key: ResourceKey, parents: Iterable[ResourceKey]
) -> ResourceNode:
    """Return a node that refers to its parents, in the order in which it names them."""
    described = reached[key].described
    nodes = [reached[parent].described.node for parent in parents]
    if not nodes:
        return described.node
    rank = {uid: number for number, uid in enumerate(described.owners)}
    nodes.sort(key=lambda node: (rank.get(node.uid, len(rank)), node.kind, node.name))
    return replace(described.node, parent_refs=tuple(map(reference_to, nodes)))
