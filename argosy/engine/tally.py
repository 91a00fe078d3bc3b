"""The objects of an application, folded up: what is said of all of them costs what changed, not what there is.

Only `comparison` makes one, fills it, and from then on copies it instead of changing it.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Self

from argosy.engine import diff, health
from argosy.engine.judged import Judged
from argosy.engine.model.application import SyncCode
from argosy.engine.model.resource import ResourceKey


@dataclass(slots=True)
class Tally:
    """Counts of objects; `itself` is the application's own key, whose health does not count."""

    itself: ResourceKey | None = None
    codes: Counter[SyncCode] = field(default_factory=Counter[SyncCode])
    """Objects that count, by sync status."""
    different: dict[ResourceKey, bool] = field(default_factory=dict[ResourceKey, bool])
    """Objects that count and are out of sync, and whether they are extra."""
    doubts: dict[ResourceKey, str] = field(default_factory=dict[ResourceKey, str])
    """Why objects could not be compared."""
    claimed: dict[ResourceKey, str] = field(default_factory=dict[ResourceKey, str])
    """Wanted objects that carry another application's mark, and whose."""
    extra: int = 0
    live: int = 0
    counted: int = 0
    """Objects whose health would count, there or not; `live` are those of them that are there."""
    unwell: dict[ResourceKey, health.Health] = field(default_factory=dict[ResourceKey, health.Health])
    """Objects that count and are not Healthy."""
    images: Counter[str] = field(default_factory=Counter[str])
    urls: Counter[str] = field(default_factory=Counter[str])
    applications: int = 0

    def copy(self) -> Self:
        """Return a tally that can be changed without changing this one."""
        return replace(
            self,
            codes=self.codes.copy(),
            different=dict(self.different),
            doubts=dict(self.doubts),
            claimed=dict(self.claimed),
            unwell=dict(self.unwell),
            images=self.images.copy(),
            urls=self.urls.copy(),
        )

    def add(self, judged: Judged) -> None:
        """Count an object."""
        self._count(judged, 1)
        key = judged.key
        if judged.counts_for_sync and judged.sync_code == "OutOfSync":
            self.different[key] = judged.is_extra
        if isinstance(judged.verdict, diff.Unknown):
            self.doubts[key] = judged.verdict.reason
        if judged.claimant and judged.desired is not None:
            self.claimed[key] = judged.claimant
        if judged.counts_for_health and key != self.itself and judged.health and judged.health.status != "Healthy":
            self.unwell[key] = judged.health

    def drop(self, judged: Judged) -> None:
        """Take back what `add` did."""
        self._count(judged, -1)
        for each in (self.different, self.doubts, self.claimed, self.unwell):
            each.pop(judged.key, None)

    def _count(self, judged: Judged, by: int) -> None:
        if judged.counts_for_sync:
            self.codes[judged.sync_code] += by
        if not judged.ignores_health and judged.key != self.itself:
            self.counted += by
            self.live += by if judged.live is not None else 0
        self.extra += by if judged.is_extra else 0
        self.applications += by if judged.is_application else 0
        for counter, found in ((self.images, judged.images), (self.urls, judged.urls)):
            for each in found:
                counter[each] += by

    @property
    def health(self) -> health.Health:
        """The health of the application, from that of its objects."""
        if self.counted and not self.live:
            return health.Health("Missing")
        return health.roll_up(self.unwell)
