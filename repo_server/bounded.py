"""A memory of so many bytes: used wherever what was read or made once may be asked for again."""

from collections import OrderedDict
from typing import Generic, TypeVar

Name = TypeVar("Name")
Kept = TypeVar("Kept")


class Bounded(Generic[Name, Kept]):
    """Values by name, as many as fit; the longest unused go first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._total = 0
        self._values: OrderedDict[Name, tuple[Kept, int]] = OrderedDict()

    def get(self, name: Name) -> Kept | None:
        """Return the value of a name, which is then the last to go."""
        if name not in self._values:
            return None
        self._values.move_to_end(name)
        return self._values[name][0]

    def put(self, name: Name, value: Kept, *, size: int | None = None) -> None:
        """Keep a value of so many bytes; without a size, of as many as the one that it replaces."""
        before = self._values.pop(name, None)
        known = before[1] if before is not None else 0
        taken = known if size is None else size
        self._values[name] = (value, taken)
        self._total += taken - known
        while self._total > self._limit and self._values:
            _, (_, freed) = self._values.popitem(last=False)
            self._total -= freed
