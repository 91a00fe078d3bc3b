"""The fields that somebody owns, as one goes down into a value: some FieldsV1 trees together.

Knows nothing of whose they are. Used to take out of a prediction what is nobody's wish, and what others keep in.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from argosy.engine import managed
from argosy.engine.diff import elements
from argosy.engine.diff.absent import ABSENT
from argosy.engine.diff.applied import Applied
from argosy.engine.diff.schema import ByKeys, ListOf, MapOf, Schema, Struct
from argosy.engine.diff.steps import Element

Trees = tuple[Mapping[str, Any], ...]
"""What is owned of one value; no tree: nothing, an empty one: the whole."""


def tree_of(value: Any, schema: Schema, name: str = "") -> dict[str, Any]:
    """Return the FieldsV1 tree of somebody who applied this value; `name` is the field that holds it."""
    if isinstance(value, Mapping) and not _is_atomic(schema):
        members = ((key, below) for key, below in value.items() if below is not None)
        return {f"f:{key}": tree_of(below, elements.below(schema, key), key) for key, below in members}
    both = elements.both(value, value, schema, name) if isinstance(value, list) and not _is_atomic(schema) else None
    if both is None:
        return {}
    return {_name(key): tree_of(below, elements.inside(schema)) for key, below in both[0].items()}


def _name(which: Element) -> str:
    values = dict(which.keys)
    if values.keys() == {""}:
        return f"v:{json.dumps(values[''])}"
    return f"k:{json.dumps(values, separators=(',', ':'), sort_keys=True)}"


def _is_atomic(schema: Schema) -> bool:
    match schema:
        case Struct(merge="atomic") | MapOf(merge="atomic") | ListOf(identity="atomic"):
            return True
        case _:
            return False


def is_whole(trees: Trees) -> bool:
    """Return whether the value is owned as a whole, whatever is in it."""
    return any(not tree for tree in trees)


def member(trees: Trees, key: str) -> Trees:
    """Return what is owned of a member of a map."""
    name = f"f:{key}"
    return tuple(tree[name] for tree in trees if name in tree)


def element(trees: Trees, which: Element) -> Trees:
    """Return what is owned of an element of a list."""
    wanted = dict(which.keys)
    return tuple(below for tree in trees for key, below in tree.items() if _is(key, wanted))


def keys(trees: Trees) -> ByKeys | None:
    """Return by which keys the elements of a list are owned, None if they are not owned by keys."""
    for key in _names(trees):
        if key.startswith("k:"):
            names = tuple(managed.parsed(key[2:]))
            return ByKeys(names, (None,) * len(names))
    return None


@dataclass(frozen=True, slots=True)
class Owned:
    """What is owned of a value, by us and by others; `applied` is whether what is wanted is what we applied last."""

    ours: Trees
    others: Trees
    applied: Applied

    def member(self, key: str) -> "Owned":
        """Return what is owned of a member of a map."""
        return Owned(member(self.ours, key), member(self.others, key), self.applied)

    def element(self, which: Element) -> "Owned":
        """Return what is owned of an element of a list."""
        return Owned(element(self.ours, which), element(self.others, which), self.applied)

    def is_untouched(self) -> bool:
        """Return whether we applied this very value, as a whole, and nobody has changed it since."""
        return is_whole(self.ours) and self.applied.is_desired()

    def kept(self, live: Any) -> Any:
        """Return what stays of a live value that is no longer wanted: all of it if we do not own it, else theirs."""
        return _theirs(live, self.others) if self.ours else live


def _theirs(live: Any, others: Trees) -> Any:
    if not others:
        return ABSENT
    if is_whole(others) or live is ABSENT:
        return live
    if isinstance(live, Mapping):
        found = {key: _theirs(value, member(others, key)) for key, value in live.items()}
        return {key: value for key, value in found.items() if value is not ABSENT} or ABSENT
    told = elements.told_apart(live, keys(others)) if isinstance(live, list) else None
    if told is None:
        return live
    stays = (_theirs(value, element(others, key)) for key, value in told.items())
    return [value for value in stays if value is not ABSENT] or ABSENT


def _names(trees: Trees) -> Iterable[str]:
    return (key for tree in trees for key in tree)


def _is(key: str, wanted: Mapping[str, Any]) -> bool:
    marker, _, text = key.partition(":")
    if marker == "v":
        return wanted == {"": managed.parsed(text)}
    return marker == "k" and managed.parsed(text) == wanted
