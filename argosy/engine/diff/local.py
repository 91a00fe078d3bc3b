"""Does the live object already hold everything that is wanted? Answered from the two objects alone, on the safe side.

What is equal here would not be changed by an apply; what is not may still be (a default, a quantity written in another
way): then the API server is asked. Called by `diff.compare`.
"""

import json
from collections.abc import Mapping
from typing import Any

from argosy.engine import managed
from argosy.engine.diff import fields, lists
from argosy.engine.managed import LAST_APPLIED
from argosy.engine.model.resource import Manifest, annotations_of


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
    if entry is not None:
        same_version = entry.get("apiVersion") == desired.get("apiVersion")
        return same_version and not any(managed.no_longer_wanted(entry.get("fieldsV1") or {}, desired))
    last_applied = annotations_of(live).get(LAST_APPLIED)
    if last_applied is None:
        return True
    try:
        return _covers(desired, json.loads(last_applied))
    except ValueError:
        return False


def _covers(desired: Any, earlier: Any) -> bool:
    """Return whether every field of the earlier manifest is still a field of the desired one."""
    if isinstance(earlier, Mapping):
        return isinstance(desired, Mapping) and all(
            value is None or (key in desired and _covers(desired[key], value)) for key, value in earlier.items()
        )
    if isinstance(earlier, list) and isinstance(desired, list):
        return len(earlier) == len(desired) and all(_covers(*each) for each in zip(desired, earlier, strict=True))
    return True
