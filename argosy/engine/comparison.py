"""What one comparison of an application found: the value from which status, decisions and plans are made.

It is never changed: after an event, `with_changes` makes the next one from it and the objects that were judged anew.
"""

import operator
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from argosy.engine import health
from argosy.engine.judged import Judged
from argosy.engine.model.application import Application, Condition, SourceType, SyncCode
from argosy.engine.model.resource import ResourceKey
from argosy.engine.tally import Tally

_NAMED_DOUBTS = 3


@dataclass(frozen=True, slots=True)
class Rendering:
    """What the sources are, now: resolved revisions and types, in order."""

    revisions: tuple[str, ...]
    source_types: tuple[SourceType, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The objects of an application with their verdicts and health; `order` are their keys, sorted.

    `noted` are the conditions that were found besides the objects' own. `instance` is what marks the objects.
    """

    rendering: Rendering
    objects: dict[ResourceKey, Judged] = field(default_factory=dict[ResourceKey, Judged])
    order: tuple[ResourceKey, ...] = ()
    tally: Tally = field(default_factory=Tally)
    noted: tuple[Condition, ...] = ()
    instance: str = ""
    shown: tuple[Any, ...] = ()
    """The entries of `status.resources` in order, as JSON; one that has not changed is the same value as before."""

    @property
    def judged(self) -> Iterator[Judged]:
        """The objects, in the order of their keys."""
        return (self.objects[key] for key in self.order)

    @property
    def sync_code(self) -> SyncCode:
        """OutOfSync if any object that counts is; Unknown if any could not be compared."""
        codes = self.tally.codes
        return "Unknown" if codes["Unknown"] else "OutOfSync" if codes["OutOfSync"] else "Synced"

    @property
    def only_prunes(self) -> bool:
        """Whether the only differences are objects that are no longer wanted."""
        return bool(self.tally.different) and all(self.tally.different.values())

    @property
    def wipes_out(self) -> bool:
        """Whether nothing is wanted any more and something runs."""
        return bool(self.objects) and self.tally.extra == len(self.objects)

    @property
    def different(self) -> Iterable[Judged]:
        """The objects that make the application OutOfSync, in the order of their keys."""
        return (self.objects[key] for key in sorted(self.tally.different))

    @property
    def health(self) -> health.Health:
        """The health of the application from that of its objects."""
        return self.tally.health

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions that this evaluation found."""
        return (*self.noted, *_shared(self.instance, self.tally.claimed), *_doubts(self.tally.doubts))

    def with_changes(self, changes: Mapping[ResourceKey, Judged | None]) -> Self:
        """Return the comparison with these objects as they are now; None for one that is no longer there."""
        if all(self.objects.get(key) is judged for key, judged in changes.items()):
            return self
        objects, tally, order = self.objects.copy(), self.tally.copy(), self.order
        shown = list(self.shown)
        for key, judged in changes.items():
            before = objects.get(key)
            if before is not None:
                tally.drop(before)
            if judged is not None:
                objects[key] = judged
                tally.add(judged)
            elif before is not None:
                del objects[key]
            place = bisect_left(order, key)
            end = place if before is None else place + 1
            if judged is None:
                order, shown[place:end] = (*order[:place], *order[end:]), ()
            elif before is None:
                order, shown[place:end] = (*order[:place], key, *order[end:]), (judged.shown,)
            elif shown[place] != judged.shown:
                shown[place] = judged.shown
        same = len(shown) == len(self.shown) and all(map(operator.is_, shown, self.shown))
        return replace(self, objects=objects, order=order, tally=tally, shown=self.shown if same else tuple(shown))


def compared(
    application: Application,
    rendering: Rendering,
    judged: Iterable[Judged],
    *,
    instance: str,
    noted: tuple[Condition, ...] = (),
) -> Comparison:
    """Return the comparison of an application that found these objects."""
    metadata = application.metadata
    objects = {each.key: each for each in judged}
    tally = Tally(ResourceKey("argoproj.io", "Application", metadata.namespace, metadata.name))
    for each in objects.values():
        tally.add(each)
    order = tuple(sorted(objects))
    return Comparison(rendering, objects, order, tally, noted, instance, tuple(objects[key].shown for key in order))


def _shared(instance: str, claimed: Mapping[ResourceKey, str]) -> Iterator[Condition]:
    """Warn of objects that another application says are its own (3.22)."""
    for key, other in claimed.items():
        message = f"{key.kind}/{key.name} is part of applications {instance} and {other}"
        yield Condition("SharedResourceWarning", message)


def _doubts(doubts: Mapping[ResourceKey, str]) -> Iterator[Condition]:
    """Say once for each reason why objects could not be compared, and which."""
    by_reason: dict[str, list[ResourceKey]] = {}
    for key, reason in sorted(doubts.items()):
        by_reason.setdefault(reason, []).append(key)
    for reason, keys in by_reason.items():
        named = ", ".join(map(str, keys[:_NAMED_DOUBTS]))
        more = f" and {len(keys) - _NAMED_DOUBTS} more" if len(keys) > _NAMED_DOUBTS else ""
        yield Condition("ComparisonError", f"{named}{more} cannot be compared: {reason}")
