"""The elements of a list as they are told apart, by the schema, or by the names of Kubernetes' own fields without one.

Called wherever two lists are brought together: to say what differs, to predict an apply, to find an owner.
"""

from collections.abc import Sequence
from typing import Any

from argosy.engine.diff import lists
from argosy.engine.diff.schema import UNREAD, ByKeys, ListOf, MapOf, Schema, Struct, Unread
from argosy.engine.diff.steps import Element

Elements = dict[Element, Any]


def below(schema: Schema, key: str) -> Schema:
    """Return the schema of a member of a map, as far as it is known."""
    match schema:
        case Struct(fields=fields, rest=rest):
            return fields.get(key) or rest or UNREAD
        case MapOf(values=values):
            return values
        case _:
            return schema


def inside(schema: Schema) -> Schema:
    """Return the schema of the elements of a list."""
    return schema.elements if isinstance(schema, ListOf) else schema


def both(desired: Sequence[Any], live: Sequence[Any], schema: Schema, name: str) -> tuple[Elements, Elements] | None:
    """Return the elements of two lists by what tells them apart, in order; None for a list that is one value.

    `name` is the field that holds the lists.
    """
    match schema:
        case ListOf(identity=ByKeys() as keys):
            candidates = [keys]
        case ListOf(identity="set"):
            candidates = [None]
        case Unread() | ListOf():
            # People read an atomic list by its elements all the same.
            candidates = [*lists.keys_of(name)]
        case _:
            candidates = []
    for keys in candidates:
        found = told_apart(desired, keys), told_apart(live, keys)
        if found[0] is not None and found[1] is not None:
            return found[0], found[1]
    return None


def told_apart(elements: Sequence[Any], keys: ByKeys | None) -> Elements | None:
    """Return the elements by their keys, or by their values without keys; None if that does not tell them apart."""
    found: Elements = {}
    for element in elements:
        identity = (("", element),) if keys is None else _identity(element, keys)
        if identity is None or (isinstance(element, dict | list) and keys is None):
            return None
        found[Element(identity)] = element
    return found if len(found) == len(elements) else None


def _identity(element: Any, keys: ByKeys) -> tuple[tuple[str, Any], ...] | None:
    if not isinstance(element, dict) or keys.names[0] not in element:
        return None
    values = [element.get(name, filled) for name, filled in zip(keys.names, keys.filled, strict=True)]
    if any(isinstance(value, dict | list) for value in values):
        return None
    return tuple(zip(keys.names, values, strict=True))
