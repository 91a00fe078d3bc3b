"""What an object would be if another version of its manifest had been applied. Knows nothing of where they come from.

Comes in: the manifest that was compared last, the one that is wanted now, and the object as it would be after a sync of
the first. Goes out: the object as it would be after a sync of the second: what the two manifests differ in is changed,
and everything else, defaults and other people's fields among them, stays. Called by `comparing`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from argosy.engine.diff import fields, lists
from argosy.engine.diff.fields import ABSENT


def merged(base: Any, wanted: Any, current: Any, name: str = "") -> Any:
    """Carry what differs between `base` and `wanted` into `current`; `ABSENT` is what is not there.

    Lists are merged element by element where Kubernetes has merge keys for the field (`name`) that holds them, and else
    replaced as a whole.
    """
    if base is not ABSENT and next(fields.between(base, wanted), None) is None:
        return current
    if isinstance(wanted, Mapping) and isinstance(current, Mapping):
        return _mapping(base if isinstance(base, Mapping) else {}, wanted, current)
    if isinstance(wanted, list) and isinstance(current, list):
        return _list(base if isinstance(base, list) else [], wanted, current, name)
    return wanted


def _mapping(base: Mapping[str, Any], wanted: Mapping[str, Any], current: Mapping[str, Any]) -> dict[str, Any]:
    """Merge member by member; what is in `current` alone is somebody else's and stays."""
    kept = [key for key in current if key in wanted or key not in base]
    added = [key for key in wanted if key not in current]
    found: dict[str, Any] = {}
    for key in (*kept, *added):
        now = current.get(key, ABSENT)
        found[key] = merged(base.get(key, ABSENT), wanted[key], now, key) if key in wanted else now
    return {key: value for key, value in found.items() if value is not ABSENT}


def _list(base: list[Any], wanted: list[Any], current: list[Any], name: str) -> list[Any]:
    both, before = lists.keyed(name, wanted, current), lists.keyed(name, base, current)
    if both is None or before is None:
        return wanted
    elements = _mapping(before[0], *both)
    in_order = [key for key in elements if key in both[0]] == [key for key in both[0] if key in elements]
    order = elements if in_order else _wanted_first(both[0], elements)
    return [elements[key] for key in order]


def _wanted_first(wanted: Mapping[str, Any], elements: Mapping[str, Any]) -> Sequence[str]:
    return [key for key in wanted if key in elements] + [key for key in elements if key not in wanted]
