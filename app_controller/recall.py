"""What was made of things, remembered for as long as somebody asks for it. Called by `nodes`."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Thing = TypeVar("Thing", bound=Hashable)
Value = TypeVar("Value")


class Recall(Generic[Thing, Value]):
    """What `make` made of each thing; forgotten in the second `turn` after it was last asked for."""

    def __init__(self, make: Callable[[Thing], Value]) -> None:
        self._make = make
        self._before: dict[Thing, Value] = {}
        self._now: dict[Thing, Value] = {}

    def __call__(self, thing: Thing) -> Value:
        """Return what is made of a thing."""
        if thing in self._now:
            return self._now[thing]
        value = self._before[thing] if thing in self._before else self._make(thing)
        self._now[thing] = value
        return value

    def put(self, thing: Thing, value: Value) -> None:
        """Remember what was made of a thing elsewhere."""
        self._now[thing] = value

    def turn(self) -> None:
        """Forget what was not asked for since the last turn."""
        self._before, self._now = self._now, {}
