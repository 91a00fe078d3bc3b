"""Is it certain, without asking the API server, that an apply would change nothing of the live object?

A wanted value is settled by one of three things: it stands in the live object, written the same way or one that the
schema says is the same; or, where the server replaces a whole or drops a value (an empty one, a null), our managed
fields show that nobody touched it since an apply of this very manifest. Everything else is a question to the server.
Called by `diff.compare`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from argosy.engine import managed
from argosy.engine.diff import lists
from argosy.engine.diff.applied import Applied
from argosy.engine.diff.schema import ByKeys, ListOf, MapOf, Scalar, Schema, Schemaless, Struct, Unread, canonical
from argosy.engine.model.resource import Manifest

Owned = Mapping[str, Any] | None
"""The part of our FieldsV1 tree that belongs to a value: None if we do not own it, empty if we own it as a whole."""

_PLAIN = (str, bool, int, float)


def holds(desired: Manifest, live: Manifest, schema: Schema, *, owned: Owned, applied: Applied) -> bool:
    """Return whether the live object certainly is what an apply of the desired one would leave of it.

    What only the live object has does not matter here, unless the server would replace it.
    """
    return _Walk(applied).value(desired, live, schema, owned, "")


@dataclass(frozen=True, slots=True)
class _Walk:
    applied: Applied

    def value(self, desired: Any, live: Any, schema: Schema, owned: Owned, name: str) -> bool:
        """Return whether an apply would leave the live value; `name` is that of the field which holds it."""
        if isinstance(desired, Mapping):
            return isinstance(live, Mapping) and self._map(desired, live, schema, owned)
        if isinstance(desired, list):
            return isinstance(live, list) and self._list(desired, live, schema, owned, name)
        form = schema.form if isinstance(schema, Scalar) else "plain"
        return canonical.same(desired, live, form) or self._untouched(owned)

    def _map(self, desired: Mapping[str, Any], live: Mapping[str, Any], schema: Schema, owned: Owned) -> bool:
        match schema:
            case Struct(merge="granular") | MapOf(merge="granular") | Schemaless():
                pass
            case Unread() if owned is None or owned or not desired:
                pass
            case _:
                return exact(desired, live, schema) or self._untouched(owned)
        return all(self._member(key, value, live, schema, owned) for key, value in desired.items())

    def _member(self, key: str, value: Any, live: Mapping[str, Any], schema: Schema, owned: Owned) -> bool:
        now = live.get(key)
        if now.__class__ is value.__class__ and now.__class__ in _PLAIN and now == value:
            return True
        mine = owned.get("f:" + key) if owned else None
        below = _below(schema, key)
        if key not in live or below is None:
            gone = key not in live and below is not None and vanishes(value, below, schema)
            return gone or self._untouched(mine)
        return self.value(value, now, below, mine, key)

    def _list(self, desired: list[Any], live: list[Any], schema: Schema, owned: Owned, name: str) -> bool:
        match schema:
            case ListOf(identity=ByKeys() as keys, elements=elements):
                both = _by(keys, desired), _by(keys, live)
                if both[0] is None or both[1] is None:
                    return self._untouched(owned)
                return self._elements(both[0], both[1], elements, managed.elements(owned or {}, keys.names))
            case ListOf(identity="set"):
                return _in_order(desired, live) or self._untouched(owned)
            case Unread() if owned is None or owned or not desired:
                return self._unread_list(desired, live, schema, name)
            case _:
                return exact(desired, live, schema) or self._untouched(owned)

    def _elements(
        self,
        wanted: Mapping[Any, Any],
        running: Mapping[Any, Any],
        schema: Schema,
        owned: Mapping[tuple[Any, ...], Mapping[str, Any]],
    ) -> bool:
        if len(wanted) > 1 and [key for key in running if key in wanted] != list(wanted):
            return False
        return all(
            key in running and self.value(element, running[key], schema, owned.get(key), "")
            for key, element in wanted.items()
        )

    def _unread_list(self, desired: list[Any], live: list[Any], schema: Schema, name: str) -> bool:
        both = lists.keyed(name, desired, live)
        if both is not None:
            return self._elements(*both, schema, {})
        return len(desired) == len(live) and all(
            self.value(*each, schema, None, "") for each in zip(desired, live, strict=True)
        )

    def _untouched(self, owned: Owned) -> bool:
        """Return whether we applied this very value, as a whole, and nobody has changed it since.

        Source: an update by anybody else takes a field that it changes out of our managed fields.
        """
        return owned is not None and not owned and self.applied.is_desired()


def exact(desired: Any, live: Any, schema: Schema) -> bool:
    """Return whether the two are the same, but for how scalars are written and for what the server fills in."""
    if isinstance(desired, Mapping) and isinstance(live, Mapping):
        return _exact_map(desired, live, schema)
    if isinstance(desired, list) and isinstance(live, list):
        elements = schema.elements if isinstance(schema, ListOf) else schema
        pairs = zip(desired, live, strict=False)
        return len(desired) == len(live) and all(exact(*each, elements) for each in pairs)
    return canonical.same(desired, live, schema.form if isinstance(schema, Scalar) else "plain")


def _exact_map(desired: Mapping[str, Any], live: Mapping[str, Any], schema: Schema) -> bool:
    filled = schema.filled if isinstance(schema, Struct) else {}
    for key, value in live.items():
        below = _below(schema, key)
        if below is None or (key not in desired and key not in filled):
            return False
        if not exact(desired[key] if key in desired else filled[key], value, below):
            return False
    absent = ((value, _below(schema, key)) for key, value in desired.items() if key not in live)
    return all(below is not None and vanishes(value, below, schema) for value, below in absent)


def vanishes(value: Any, below: Schema, schema: Schema) -> bool:
    """Return whether a value that the live object does not have would not be kept in it either.

    Null, an empty list and an empty map are nothing to a Go structure; of other empty values it depends on the field.
    """
    if not isinstance(schema, Struct) or not schema.typed:
        return False
    return value is None or (value == [] and isinstance(below, ListOf)) or (value == {} and isinstance(below, MapOf))


def _below(schema: Schema, key: str) -> Schema | None:
    """Return the schema of a member, None if there may be no such member."""
    match schema:
        case Struct(fields=fields, rest=rest):
            return fields.get(key, rest)
        case MapOf(values=values):
            return values
        case _:
            return schema


def _by(keys: ByKeys, elements: Sequence[Any]) -> dict[tuple[Any, ...], Any] | None:
    """Return the elements by their keys, in order; None if they cannot be told apart."""
    found: dict[tuple[Any, ...], Any] = {}
    names = tuple(zip(keys.names, keys.filled, strict=True))
    try:
        for element in elements:
            found[tuple([element.get(name, filled) for name, filled in names])] = element
    except (AttributeError, TypeError):
        # An element that is no object, or a key that is none: the server has words for that.
        return None
    return found if len(found) == len(elements) else None


def _in_order(desired: list[Any], live: list[Any]) -> bool:
    """Return whether all members of a set are there, in their order; 1 and true are different ones."""
    positions = {(each.__class__, each): index for index, each in enumerate(live) if each.__class__ in _PLAIN}
    found = [positions.get((each.__class__, each)) if each.__class__ in _PLAIN else None for each in desired]
    known = [each for each in found if each is not None]
    return len(known) == len(desired) and len(positions) == len(live) and known == sorted(set(known))
