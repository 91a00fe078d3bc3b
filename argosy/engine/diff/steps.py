"""The way to a field: names of fields, keys or indexes of list elements; and how it is written for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a list, by its keys; one of a set has its value under the empty name."""

    keys: tuple[tuple[str, Any], ...]

    def __str__(self) -> str:
        return ",".join(str(value) for _, value in self.keys)


Step = str | int | Element
"""The name of a field, the index of an element, or the keys of one."""


def text(steps: Sequence[Step]) -> str:
    """Return `spec.template.spec.containers[app].ports[80,TCP]`."""
    parts = [f".{step}" if isinstance(step, str) else f"[{step}]" for step in steps]
    return "".join(parts).removeprefix(".")
