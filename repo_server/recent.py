"""Values that were used lately, bounded in number, weight or bytes: whatever was read or made once and may be again."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """At most `most` values by key, which together weigh at most `heaviest`; the longest unused goes first.

    What a value weighs may change while it is kept. The one used last is kept whatever it weighs.
    """

    def __init__(self, *, most: int, weigh: Callable[[Value], int] | None = None, heaviest: int = 0) -> None:
        self._most = most
        self._weigh = weigh
        self._heaviest = heaviest
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """Return the value of a key, if it is still there."""
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: Key, value: Value) -> Value:
        """Keep a value and return it."""
        self._values[key] = value
        self._values.move_to_end(key)
        self._make_room()
        return value

    def drop(self, key: Key) -> None:
        """Forget a key, if it is there."""
        self._values.pop(key, None)

    def of(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return the value of a key, making it if it is not there."""
        value = self.get(key)
        return value if value is not None else self.put(key, make())

    def _make_room(self) -> None:
        while len(self._values) > self._most:
            self._values.popitem(last=False)
        if self._weigh is None:
            return
        weights = [self._weigh(value) for value in self._values.values()]
        total = sum(weights)
        for weight in weights[:-1]:
            if total <= self._heaviest:
                return
            self._values.popitem(last=False)
            total -= weight


class RecentBytes(Generic[Key, Value]):
    """Many values whose sizes are known when they are put, as many as fit into `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._total = 0
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """Return the value of a key, which is then the last to go."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key][0]

    def put(self, key: Key, value: Value, *, size: int | None = None) -> None:
        """Keep a value of so many bytes; without a size, of as many as the one that it replaces."""
        before = self._values.pop(key, None)
        known = before[1] if before is not None else 0
        taken = known if size is None else size
        self._values[key] = (value, taken)
        self._total += taken - known
        while self._total > self._limit and self._values:
            _, (_, freed) = self._values.popitem(last=False)
            self._total -= freed
