"""Does the live object already hold everything that is wanted? Answered from the two objects alone, on the safe side.

What is equal here would not be changed by an apply; what is not may still be (a default, a quantity written in another
way): then the API server is asked. Called by `diff.compare`.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from argosy.engine import managed
from argosy.engine.diff import fields, lists
from argosy.engine.model.resource import Manifest, annotations_of

Path = tuple[str, ...]


def holds(desired: Any, live: Any, name: str = "") -> bool:
    """Return whether the live value has all that the desired one has; what is only live does not matter.

    `name` is the field that holds the values, from which the merge keys of a list are known.
    """
    if isinstance(desired, Mapping):
        return isinstance(live, Mapping) and all(
            value is None or (key in live and holds(value, live[key], key)) for key, value in desired.items()
        )
    if isinstance(desired, list):
        return isinstance(live, list) and _list_holds(desired, live, name)
    return fields.same(desired, live)


def _list_holds(desired: list[Any], live: list[Any], name: str) -> bool:
    both = lists.keyed(name, desired, live)
    if both is None:
        return len(desired) == len(live) and all(holds(*each) for each in zip(desired, live, strict=True))
    wanted, running = both
    in_order = [key for key in running if key in wanted] == list(wanted)
    return in_order and all(holds(element, running[key]) for key, element in wanted.items())


def leaves_nothing_behind(desired: Manifest, live: Manifest) -> bool:
    """Return whether no field that we set earlier is missing from what is desired now.

    Read from our managed fields; before our first apply, from the annotation that a client-side apply leaves.
    """
    entry = managed.applied_by_us(live)
    if entry is None:
        return not any(left_behind(desired, live))
    same_version = entry.get("apiVersion") == desired.get("apiVersion")
    return same_version and not any(managed.no_longer_wanted(entry.get("fieldsV1") or {}, desired))


def left_behind(desired: Manifest, live: Manifest) -> Iterator[Path]:
    """Yield the paths that a client-side apply set and that are not desired now; none once we have applied ourselves.

    The sync removes them, since it makes them ours first; a dry run alone would not.
    """
    last_applied = annotations_of(live).get(managed.LAST_APPLIED)
    if last_applied is None or managed.applied_by_us(live) is not None:
        return
    try:
        earlier = json.loads(last_applied)
    except ValueError:
        return
    yield from _uncovered(desired, earlier, ())


def _uncovered(desired: Any, earlier: Any, path: Path) -> Iterator[Path]:
    if isinstance(earlier, Mapping) and isinstance(desired, Mapping):
        for key, value in earlier.items():
            if value is not None and key not in desired:
                yield (*path, str(key))
            elif value is not None:
                yield from _uncovered(desired[key], value, (*path, str(key)))
    elif isinstance(earlier, list) and isinstance(desired, list) and len(earlier) == len(desired):
        for index, (wanted, before) in enumerate(zip(desired, earlier, strict=True)):
            yield from _uncovered(wanted, before, (*path, str(index)))
