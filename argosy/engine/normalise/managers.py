"""Fields that ignored field managers own in the live object (`managedFieldsManagers`, 3.11): they go from both sides.

Read from the FieldsV1 tree, members of lists included: `k:` an element by its keys, `v:` a member of a set. An element
that is the manager's own (`.`) and that only one side has goes as a whole.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from argosy.engine.model.resource import Manifest, metadata_of
from argosy.engine.normalise.ignored import replaced
from argosy.engine.normalise.rules import Rules

_ABSENT = object()


def without(desired: Manifest, live: Manifest, rules: Rules) -> tuple[Manifest, Manifest]:
    """Return both sides without what the ignored managers own in the live object as it was read."""
    names = rules.managers(live)
    return without_owned(desired, live, owned_by(live, names)) if names else (desired, live)


def owned_by(live: Manifest, names: Iterable[str], *, subresource: str | None = None) -> list[Mapping[str, Any]]:
    """Return the FieldsV1 trees of these managers; of one subresource only, if it is named."""
    wanted = frozenset(names)
    return [
        entry.get("fieldsV1") or {}
        for entry in metadata_of(live).get("managedFields") or ()
        if entry.get("manager") in wanted and subresource in (None, entry.get("subresource") or "")
    ]


def without_owned(desired: Manifest, live: Manifest, trees: Iterable[Mapping[str, Any]]) -> tuple[Manifest, Manifest]:
    """Return both sides without the fields that the trees name."""
    for tree in trees:
        desired, live = _without(desired, live, tree), _without(live, desired, tree)
    return desired, live


def _without(value: Any, other: Any, owned: Mapping[str, Any]) -> Any:
    """Return one side without what is owned in it; `other` is the same place of the other side."""
    children = [(key[:1], key[2:], below) for key, below in owned.items() if key != "."]
    if isinstance(value, Mapping):
        return _without_fields(value, other, children)
    if isinstance(value, list):
        return _without_elements(value, other, children)
    return value


def _without_fields(value: Mapping[str, Any], other: Any, children: list[tuple[str, str, Any]]) -> Mapping[str, Any]:
    for marker, name, below in children:
        if marker == "f" and name in value:
            left = _without(value[name], _member(other, name), below) if below else None
            value = replaced(value, name, left)
    return value


def _without_elements(value: list[Any], other: Any, children: list[tuple[str, str, Any]]) -> list[Any]:
    found: list[Any] = list(value)
    for marker, name, below in children:
        match marker:
            case "k":
                found = list(_without_keyed(found, other, json.loads(name), below))
            case "v":
                found = [each for each in found if each != json.loads(name)]
            case _:
                pass
    return found


def _without_keyed(elements: list[Any], other: Any, keys: Mapping[str, Any], below: Mapping[str, Any]) -> Iterator[Any]:
    partner = next((each for each in other if _has(each, keys)), _ABSENT) if isinstance(other, list) else _ABSENT
    for element in elements:
        if not _has(element, keys):
            yield element
        elif partner is not _ABSENT:
            # What tells the element from the others stays.
            rest = {key: tree for key, tree in below.items() if key.removeprefix("f:") not in keys}
            yield _without(element, partner, rest)
        elif "." not in below:
            yield _without(element, {}, below)


def _has(element: Any, keys: Mapping[str, Any]) -> bool:
    """Return whether this is the element; a key that it does not carry counts as equal: it may be a default."""
    return isinstance(element, Mapping) and all(element.get(key, value) == value for key, value in keys.items())


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None
