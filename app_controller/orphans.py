"""What runs in an application's namespace and belongs to nobody (3.41): for its tree, and for the status's warning.

The namespace is looked through when the application is compared as a whole, and when something came to it or left it;
not with every event. Called by `trees` and `reconcile`; `loop` asks from time to time what is `newly_overdue`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app_controller.admission import Admitted
from app_controller.compare import Compared
from app_controller.observe.cache import Live
from app_controller.queue import ApplicationKey
from app_controller.sight import Sight
from app_controller.watched import Watched
from argosy.engine.model.application import Condition
from argosy.engine.model.project import OrphanedResources
from argosy.engine.tree import orphans, owners


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said of an application's namespace, and when: in which comparison, after how many arrivals."""

    admitted: Admitted
    turnover: int
    conditions: tuple[Condition, ...]

    @property
    def turnover_now(self) -> int:
        """How many arrivals there were by now."""
        return self.admitted.cache.turnover(self.admitted.namespace)

    def stands(self) -> bool:
        """Return whether nothing has come to the namespace or left it since."""
        return self.turnover_now == self.turnover


@dataclass(slots=True)
class Orphans:
    """What was said of each application whose project looks for orphans."""

    _said: dict[ApplicationKey, _Said] = field(default_factory=dict[ApplicationKey, _Said])
    _told: dict[ApplicationKey, int] = field(default_factory=dict[ApplicationKey, int])
    """Which applications were overdue when `newly_overdue` was last asked, and after how many arrivals."""

    def conditions(self, key: ApplicationKey, compared: Compared, watched: Watched) -> tuple[Condition, ...]:
        """Return the warning about orphans, if there is one to give."""
        admitted = compared.admitted
        rules = rules_for(admitted)
        if rules is None:
            self.forget(key)
            return ()
        said = self._said.get(key)
        if said is None or said.admitted is not admitted or not said.stands():
            turnover = admitted.cache.turnover(admitted.namespace)
            number = sum(1 for _ in found(compared, watched)) if rules.warn else 0
            said = self._said[key] = _Said(admitted, turnover, orphans.warning(rules, number))
        return said.conditions

    def overdue(self) -> list[ApplicationKey]:
        """Return the applications that may have other orphans by now than when that was last said."""
        return [key for key, said in self._said.items() if not said.stands()]

    def newly_overdue(self) -> list[ApplicationKey]:
        """Return the overdue applications, each once: one that cannot be compared stays overdue."""
        found = {key: self._said[key].turnover_now for key in self.overdue()}
        new = [key for key, turnover in found.items() if self._told.get(key) != turnover]
        self._told = found
        return new

    def forget(self, key: ApplicationKey) -> None:
        """Drop what was said of an application."""
        self._said.pop(key, None)


def rules_for(admitted: Admitted) -> OrphanedResources | None:
    """Return by which rules orphans are looked for, None if they are not: it needs a namespace to look in."""
    return admitted.project.spec.orphaned_resources if admitted.namespace else None


def found(compared: Compared, watched: Watched) -> Iterator[Live]:
    """Yield the orphans in the application's namespace; what they own is not looked for."""
    admitted = compared.admitted
    rules = rules_for(admitted)
    if rules is None:
        return
    cache, managed, sight = admitted.cache, compared.comparison.objects, Sight(admitted)
    # What is left out by its key alone is not decoded to see what it claims.
    candidates = (
        live
        for live in cache.ownerless_in(admitted.namespace)
        if live.key not in managed
        and orphans.may_be_orphan(live.key, rules)
        and not _belongs(live, watched)
        and sight.may_see(live.key)
    )
    yield from orphans.top_level(candidates, _stateful_sets(cache.in_namespace(admitted.namespace)))


def _stateful_sets(objects: Iterable[Live]) -> Iterator[Live]:
    return (live for live in objects if live.key.group_kind == owners.STATEFUL_SET)


def _belongs(live: Live, watched: Watched) -> bool:
    """Return whether an object carries the mark of an application that exists."""
    namespace, underscore, name = live.instance.partition("_")
    key = ApplicationKey(namespace, name) if underscore else ApplicationKey(watched.namespace, live.instance)
    return bool(live.instance) and watched.raw(key) is not None
