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
"""Our FieldsV1 tree, or the part of it that belongs to a value: None if we do not own it, empty if all of it."""

Trail = tuple["Trail | None", str | tuple[ByKeys, Any]]
"""The way to a value, from its end: what holds it, and the name of the field, or the keys of the element."""

_NONE: Mapping[str, Schema] = {}
_PLAIN = frozenset((str, bool, int, float))


def holds(desired: Manifest, live: Manifest, schema: Schema, *, owned: Owned, applied: Applied) -> bool:
    """Return whether the live object certainly is what an apply of the desired one would leave of it.

    What only the live object has does not matter here, unless the server would replace it.
    """
    return _Walk(owned, applied).value(desired, live, schema, None)


@dataclass(frozen=True, slots=True)
class _Walk:
    """Goes through both objects at once. Whatever is settled by the values alone, as nearly all is, costs little."""

    owned: Owned
    applied: Applied

    def value(self, desired: Any, live: Any, schema: Schema, at: Trail | None) -> bool:
        """Return whether an apply would leave the live value; `at` is the way to it."""
        if isinstance(desired, dict):
            return isinstance(live, dict) and self._map(desired, live, schema, at)
        if isinstance(desired, list):
            return isinstance(live, list) and self._list(desired, live, schema, at)
        form = schema.form if isinstance(schema, Scalar) else "plain"
        return canonical.same(desired, live, form) or self._untouched(at)

    def _map(self, desired: Mapping[str, Any], live: Mapping[str, Any], schema: Schema, at: Trail | None) -> bool:
        if isinstance(schema, Struct) and schema.merge == "granular":
            if schema.closed and desired == live:
                return True
            fields, rest = schema.fields, schema.rest
        elif self._is_replaced(schema, desired, at):
            return exact(desired, live, schema) or self._untouched(at)
        else:
            fields, rest = _members(schema)
        for key, value in desired.items():
            now = live.get(key)
            kind = value.__class__
            if kind is now.__class__ and kind in _PLAIN and now == value:
                continue
            below = fields.get(key, rest)
            if below is not None and isinstance(value, dict) and isinstance(now, dict):
                same = self._map(value, now, below, (at, key))
            elif below is not None and key in live:
                same = self.value(value, now, below, (at, key))
            else:
                same = self._is_kept_away(value, below, schema, (at, key))
            if not same:
                return False
        return True

    def _is_kept_away(self, value: Any, below: Schema | None, schema: Schema, at: Trail) -> bool:
        """Return whether a value that the live object does not have would not come into it by an apply either."""
        return (below is not None and vanishes(value, below, schema)) or self._untouched(at)

    def _list(self, desired: list[Any], live: list[Any], schema: Schema, at: Trail | None) -> bool:
        if self._is_replaced(schema, desired, at):
            return exact(desired, live, schema) or self._untouched(at)
        if isinstance(schema, Unread):
            return self._unread_list(desired, live, schema, at)
        assert isinstance(schema, ListOf)
        if not isinstance(schema.identity, ByKeys):
            return _in_order(desired, live) or self._untouched(at)
        wanted, running = _by(schema.identity, desired), _by(schema.identity, live)
        if wanted is None or running is None:
            return self._untouched(at)
        return self._elements(wanted, running, schema.elements, (at, schema.identity))

    def _is_replaced(self, schema: Schema, desired: Any, at: Trail | None) -> bool:
        """Return whether an apply replaces the value as a whole; without a schema our managed fields may show it."""
        match schema:
            case Struct() | MapOf():
                return schema.merge == "atomic"
            case ListOf():
                return schema.identity == "atomic"
            case Schemaless():
                return isinstance(desired, list)
            case Unread():
                return bool(desired) and self._part(at) == {}
            case _:
                return True

    def _elements(
        self, wanted: Mapping[Any, Any], running: Mapping[Any, Any], schema: Schema, at: tuple[Trail | None, ByKeys]
    ) -> bool:
        if len(wanted) > 1 and [key for key in running if key in wanted] != list(wanted):
            return False
        trail, keys = at
        for key, element in wanted.items():
            if key not in running or not self.value(element, running[key], schema, (trail, (keys, key))):
                return False
        return True

    def _unread_list(self, desired: list[Any], live: list[Any], schema: Schema, at: Trail | None) -> bool:
        for keys in lists.keys_of(at[1]) if at is not None and isinstance(at[1], str) else ():
            wanted, running = _by(keys, desired), _by(keys, live)
            if wanted is not None and running is not None and _have(keys, desired) and _have(keys, live):
                return self._elements(wanted, running, schema, (at, keys))
        return len(desired) == len(live) and all(
            self.value(*each, schema, (at, "")) for each in zip(desired, live, strict=True)
        )

    def _untouched(self, at: Trail | None) -> bool:
        """Return whether we applied this very value, as a whole, and nobody has changed it since.

        Source: an update by anybody else takes a field that it changes out of our managed fields.
        """
        return self.applied.is_desired() and self._part(at) == {}

    def _part(self, at: Trail | None) -> Owned:
        """Return what we own of a value."""
        if at is None:
            return self.owned
        tree, step = self._part(at[0]), at[1]
        if not tree:
            return None
        if isinstance(step, str):
            return tree.get(f"f:{step}")
        keys, values = step
        return managed.elements(tree, keys.names).get(values if isinstance(values, tuple) else (values,))


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
    fields, rest = _members(schema)
    for key, value in live.items():
        below = fields.get(key, rest)
        if below is None or (key not in desired and key not in filled):
            return False
        if not exact(desired[key] if key in desired else filled[key], value, below):
            return False
    absent = ((value, fields.get(key, rest)) for key, value in desired.items() if key not in live)
    return all(below is not None and vanishes(value, below, schema) for value, below in absent)


def vanishes(value: Any, below: Schema, schema: Schema) -> bool:
    """Return whether a value that the live object does not have would not be kept in it either.

    Null, an empty list and an empty map are nothing to a Go structure; of other empty values it depends on the field.
    """
    if not isinstance(schema, Struct) or not schema.typed:
        return False
    return value is None or (value == [] and isinstance(below, ListOf)) or (value == {} and isinstance(below, MapOf))


def _members(schema: Schema) -> tuple[Mapping[str, Schema], Schema | None]:
    """Return the schemas of the members that are named, and of all others; None: there may be no others."""
    if isinstance(schema, Struct):
        return schema.fields, schema.rest
    return _NONE, schema.values if isinstance(schema, MapOf) else schema


def _by(keys: ByKeys, elements: Sequence[Any]) -> dict[Any, Any] | None:
    """Return the elements by their keys (a tuple of several, one as it is), in order; None if that tells not all apart.

    An element that is no object, or a key that is none: the server has words for that.
    """
    found: dict[Any, Any] = {}
    try:
        if len(keys.names) == 1:
            name, filled = keys.names[0], keys.filled[0]
            for element in elements:
                found[element.get(name, filled)] = element
        else:
            names = tuple(zip(keys.names, keys.filled, strict=True))
            for element in elements:
                found[tuple([element.get(name, filled) for name, filled in names])] = element
    except (AttributeError, TypeError):
        return None
    return found if len(found) == len(elements) else None


def _have(keys: ByKeys, elements: Sequence[Any]) -> bool:
    """Return whether every element has the first key: a guess at the keys must not make one of it."""
    return all(keys.names[0] in element for element in elements)


def _in_order(desired: list[Any], live: list[Any]) -> bool:
    """Return whether all members of a set are there, in their order; 1 and true are different ones."""
    positions = {(each.__class__, each): index for index, each in enumerate(live) if each.__class__ in _PLAIN}
    found = [positions.get((each.__class__, each)) if each.__class__ in _PLAIN else None for each in desired]
    known = [each for each in found if each is not None]
    return len(known) == len(desired) and len(positions) == len(live) and known == sorted(set(known))
