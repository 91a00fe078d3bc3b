"""Desired and live objects -> pairs. Called before diff; an object of only one side is a pair with an empty place."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from argosy.engine.model.resource import Manifest, ResourceKey


@dataclass(frozen=True, slots=True)
class Pair:
    """What should run and what runs under one key; never both empty."""

    key: ResourceKey
    desired: Manifest | None
    live: Manifest | None


def pair(
    desired: Mapping[ResourceKey, Manifest],
    owned: Iterable[tuple[ResourceKey, Manifest]],
    *,
    find: Callable[[ResourceKey], Manifest | None],
) -> list[Pair]:
    """Return the pairs in the order of their keys.

    `owned` are the live objects that belong to the application; `find` reads any live object, since what is desired may
    run already without belonging to anybody.
    """
    live = dict(owned)
    keys = sorted(desired.keys() | live.keys())
    return [Pair(key, desired.get(key), live.get(key) or (find(key) if key in desired else None)) for key in keys]
