"""Two JSON values -> the fields in which they differ, for people to read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from argosy.engine.diff import lists


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field whose live value is not the wanted one; `path` is as `spec.template.spec.containers[app].image`.

    A side that does not have the field is `ABSENT`.
    """

    path: str
    live: Any
    desired: Any


class Absent:
    """The field is not there (which is not the same as null)."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = Absent()


def between(live: Any, desired: Any, path: str = "") -> Iterator[FieldChange]:
    """Yield every field in which the two differ, in the order of the live value, what is only desired last."""
    if isinstance(live, Mapping) and isinstance(desired, Mapping):
        for key in (*live, *(key for key in desired if key not in live)):
            yield from between(live.get(key, ABSENT), desired.get(key, ABSENT), f"{path}.{key}" if path else str(key))
    elif isinstance(live, list) and isinstance(desired, list):
        yield from _between_lists(live, desired, path)
    elif not same(live, desired):
        yield FieldChange(path, live, desired)


def _between_lists(live: list[Any], desired: list[Any], path: str) -> Iterator[FieldChange]:
    both = lists.keyed(path.rpartition(".")[2], desired, live)
    if both is None:
        for index in range(max(len(live), len(desired))):
            before, after = (each[index] if index < len(each) else ABSENT for each in (live, desired))
            yield from between(before, after, f"{path}[{index}]")
        return
    wanted, running = both
    for key in (*running, *(key for key in wanted if key not in running)):
        yield from between(running.get(key, ABSENT), wanted.get(key, ABSENT), f"{path}[{key}]")
    if list(running) != list(wanted) and running.keys() == wanted.keys():
        yield FieldChange(path, list(running), list(wanted))


def same(left: Any, right: Any) -> bool:
    """Return whether two scalars are equal as JSON: 1 is 1.0, and true is not 1."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)
