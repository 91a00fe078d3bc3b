"""The stages from an Application to a comparison: admit, render, pair, judge. Called by `reconcile` and `operate`.

What was rendered and judged last is remembered per application, so that an event costs what has changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app_controller.observe.cache import ClusterCache, Live
from argosy.engine import settings
from argosy.engine.errors import Stuck
from argosy.engine.model.application import Condition
from argosy.gateways.store.changes import ApplicationRef

_REPOSITORY_PAUSE = 10.0


class Invalid(Stuck):
    """The application's spec, project or destination cannot be used; becomes InvalidSpecError conditions."""

    def __init__(self, conditions: tuple[Condition, ...]) -> None:
        super().__init__("; ".join(condition.message for condition in conditions))
        self.conditions = conditions


@dataclass(frozen=True, slots=True)
class Place:
    """Where an application's objects are: under which instance name, on which cluster."""

    instance: str
    ref: ApplicationRef
    destination: settings.Cluster
    cache: ClusterCache

    def own(self) -> Iterable[Live]:
        """Return the live objects that carry the application's mark and are no copies of marked ones."""
        return (live for live in self.cache.tracked_by(self.instance) if live.own)
