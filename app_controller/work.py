"""What every stage of the controller works with, as one value; made once by `wiring`."""

from dataclasses import dataclass, field

from app_controller.compare import Compared, Remembered
from app_controller.orphans import Orphans
from app_controller.outside import Outside
from app_controller.queue import ApplicationKey, Queue
from app_controller.report import Reporter
from app_controller.watched import Watched


@dataclass(frozen=True)
class Work:
    """The outside, what is watched of the control namespace, who writes back, what waits, what is remembered."""

    outside: Outside
    watched: Watched
    reporter: Reporter
    queue: Queue
    orphans: Orphans = field(default_factory=Orphans)
    _memory: dict[ApplicationKey, Remembered] = field(default_factory=dict[ApplicationKey, Remembered])

    def memory(self, key: ApplicationKey) -> Remembered:
        """Return what is remembered of an application, to be added to."""
        return self._memory.setdefault(key, Remembered())

    def compared(self, key: ApplicationKey) -> Compared | None:
        """Return the last comparison of an application, None if there is none."""
        known = self._memory.get(key)
        return known.compared if known is not None else None

    def forget(self, key: ApplicationKey) -> None:
        """Drop what is remembered of an application."""
        known = self._memory.pop(key, None)
        if known is not None:
            known.go_to(None)
        self.orphans.forget(key)
