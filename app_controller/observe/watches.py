"""The watches of one cluster: which kinds are watched, where, how much of each object, and how fresh they are.

Told by `cache` what the cluster serves and what the settings want; each watch is a `watching.Watching`.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from app_controller.observe.detail import BARE
from app_controller.observe.kinds import Kinds
from app_controller.observe.live import Reader
from app_controller.observe.objects import Objects
from app_controller.observe.scope import Scope
from app_controller.observe.watching import Denied, Ears, Fresh, Freshness, Pending, Stale, Terms, Watching
from argosy.engine.model.resource import GroupKind, ResourceKey
from argosy.gateways.kubernetes.port import ApiResource, Cluster
from argosy.gateways.kubernetes.reflector import Pace, Selection

Place = tuple[GroupKind, str]
"""A kind, and the namespace that is watched of it (empty: all)."""

_LISTS_AT_ONCE = 4


class Watches:
    """The watches by place; `at` is for reading."""

    def __init__(self, cluster: Cluster, objects: Objects, scope: Scope, *, pace: Pace, ears: Ears) -> None:
        self.at: dict[Place, Watching] = {}
        self._cluster = cluster
        self._objects = objects
        self._pace = pace
        self._ears = ears
        self._listing = asyncio.Semaphore(_LISTS_AT_ONCE)
        self._readers: dict[GroupKind, Reader] = {}
        self._refusals: dict[GroupKind, str | None] = {}
        self._bare: frozenset[GroupKind] = frozenset(BARE)
        self._scope = scope

    def limit(self, scope: Scope) -> None:
        """Trust only what these settings want from now on; the next `follow` has the rest obey them."""
        self._scope = scope
        self._refusals.clear()

    async def follow(self, served: Kinds) -> None:
        """Stop what is no longer served or wanted, start what is new, change what is watched in another way now."""
        self._refusals.clear()
        self._bare -= self._objects.compared_kinds()
        wanted = dict(self._wanted(served))
        for place, watching in list(self.at.items()):
            if wanted.get(place) == (watching.resource, watching.selection, watching.terms):
                continue
            await watching.stop()
            if place in wanted:
                self._begin(place, *wanted[place], before=watching)
            else:
                del self.at[place]
                self._objects.forget(*place)
        for place, each in wanted.items():
            if place not in self.at:
                self._begin(place, *each)

    async def stop(self) -> None:
        """End all watches; the objects stay."""
        await asyncio.gather(*(watching.stop() for watching in self.at.values()))

    def try_anew(self) -> None:
        """Ask again for what was denied, and have as little as may be of each kind from the next `follow` on."""
        self._bare = frozenset(BARE)
        for place, watching in list(self.at.items()):
            if isinstance(watching.freshness, Denied):
                self._begin(place, watching.resource, watching.selection, watching.terms, before=watching)

    def list_again(self, kind: GroupKind, reason: str) -> None:
        """Trust what is held of a kind no more, and list it afresh."""
        for (each, _), watching in self.at.items():
            if each == kind and isinstance(watching.freshness, Fresh):
                watching.list_again(reason)

    def reader(self, resource: ApiResource) -> Reader:
        """Return what reads the objects of a kind."""
        reader = self._readers.get(resource.group_kind)
        if reader is None or reader.resource != resource:
            reader = self._readers[resource.group_kind] = Reader(resource, self._objects)
        return reader

    def watching(self, kind: GroupKind, namespace: str) -> Watching | None:
        """Return the watch that tells of the objects of a kind in a namespace."""
        return self.at.get((kind, "")) or self.at.get((kind, namespace))

    def are_settled(self) -> bool:
        """Return whether everything was listed, or could not be, in as much detail as what is compared needs."""
        if any(isinstance(each, Pending) for each in self._states()):
            return False
        return not any(key.group_kind in self._bare for key in self._objects.partial())

    def coming(self) -> frozenset[GroupKind]:
        """Return the kinds of which a list is under way that will bring as much as is needed."""
        return frozenset(kind for (kind, _), watching in self.at.items() if not watching.has_listed)

    def trouble(self, resource: ApiResource) -> str | None:
        """Return why what is held of a kind that is served cannot be trusted, None if it can."""
        kind = resource.group_kind
        if kind not in self._refusals:
            self._refusals[kind] = self._scope.refusal(resource)
        return self._refusals[kind] or self._staleness(resource)

    @property
    def error(self) -> str:
        """Why nothing at all can be read, empty if something can."""
        states = list(self._states())
        reasons = [state.reason for state in states if isinstance(state, Stale)]
        denied = sum(isinstance(state, Denied) for state in states)
        return reasons[0] if reasons and len(reasons) + denied == len(states) else ""

    def _states(self) -> Iterator[Freshness]:
        return (watching.freshness for watching in self.at.values())

    def _staleness(self, resource: ApiResource) -> str | None:
        for selection in self._scope.selections(resource):
            watching = self.at.get((resource.group_kind, selection.namespace))
            match watching.freshness if watching else Pending():
                case Fresh():
                    continue
                case Stale(reason=reason) | Denied(reason=reason):
                    return reason
                case Pending():
                    return f"{resource.group_kind} has not been listed yet"
        return None

    def _wanted(self, served: Kinds) -> Iterable[tuple[Place, tuple[ApiResource, Selection, Terms]]]:
        """Yield what is to be watched, and where and how."""
        terms = Terms(self._pace, self._listing, self._scope.watching.respect_rbac)
        for resource in served.preferred():
            if self._scope.refusal(resource) is None:
                for selection in self._scope.selections(resource):
                    shape = "metadata" if resource.group_kind in self._bare else "whole"
                    place = resource.group_kind, selection.namespace
                    yield place, (resource, replace(selection, shape=shape), terms)

    def _begin(
        self,
        place: Place,
        resource: ApiResource,
        selection: Selection,
        terms: Terms,
        *,
        before: Watching | None = None,
    ) -> None:
        """Start a watch; one that differs from that before only in how much it brings goes on in its freshness."""
        same = before is not None and before.resource == resource
        watching = Watching(
            resource,
            selection,
            self._objects,
            terms=terms,
            reader=self.reader(resource),
            ears=self._ears,
            freshness=before.freshness if before is not None and same else Pending(),
        )
        self.at[place] = watching
        watching.start(self._cluster)


def by_kind(keys: Iterable[ResourceKey]) -> Mapping[GroupKind, list[ResourceKey]]:
    """Return the keys, those of a kind together."""
    found: dict[GroupKind, list[ResourceKey]] = {}
    for key in keys:
        found.setdefault(key.group_kind, []).append(key)
    return found
