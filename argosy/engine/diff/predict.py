"""What would an apply make of the live object? Reckoned from the schema, without the API server.

For who may not or does not want to ask it: `ServerSideDiff=false`, the offline command, and the server that refuses the
dry run. Does what a server-side apply does, except for what the schema does not say: defaults that come back in place
of a removed field, and what webhooks would do. Source: structured-merge-diff, as the API server uses it.
"""

from collections.abc import Mapping
from typing import Any

from argosy.engine.diff import certain, elements, ownership
from argosy.engine.diff.absent import ABSENT
from argosy.engine.diff.ownership import Owned
from argosy.engine.diff.schema import Anything, ListOf, MapOf, Scalar, Schema, Struct, canonical
from argosy.engine.diff.steps import Element
from argosy.engine.model.resource import Manifest


def predicted(desired: Manifest, live: Manifest, schema: Schema, owned: Owned) -> Manifest:
    """Return what the live object would be; `owned` is what was applied earlier."""
    return _map(desired, live, schema, owned)


def _value(desired: Any, live: Any, schema: Schema, owned: Owned, name: str) -> Any:
    if owned.is_untouched():
        return live
    if desired is ABSENT or desired is None:
        return owned.kept(live)
    if live is ABSENT:
        return _whole(desired)
    if isinstance(desired, Mapping) and isinstance(live, Mapping) and not _is_replaced(schema, owned):
        return _map(desired, live, schema, owned)
    if isinstance(desired, list) and isinstance(live, list) and not _is_replaced(schema, owned):
        return _list(desired, live, schema, owned, name)
    if isinstance(schema, Scalar):
        return live if canonical.same(desired, live, schema.form) else desired
    return live if certain.exact(desired, live, schema) else _whole(desired)


def _is_replaced(schema: Schema, owned: Owned) -> bool:
    """Return whether the server replaces the value as a whole; without a schema, what is owned shows it."""
    match schema:
        case Struct(merge="atomic") | MapOf(merge="atomic") | ListOf(identity="atomic") | Anything():
            return True
        case Struct() | MapOf() | ListOf():
            return False
        case _:
            return ownership.is_whole(owned.ours) or ownership.is_whole(owned.others)


def _map(desired: Mapping[str, Any], live: Mapping[str, Any], schema: Schema, owned: Owned) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in (*live, *(key for key in desired if key not in live)):
        below, mine = elements.below(schema, key), owned.member(key)
        if key in live or not certain.vanishes(desired[key], below, schema):
            found[key] = _value(desired.get(key, ABSENT), live.get(key, ABSENT), below, mine, key)
    return {key: value for key, value in found.items() if value is not ABSENT}


def _list(desired: list[Any], live: list[Any], schema: Schema, owned: Owned, name: str) -> Any:
    both = elements.both(desired, live, schema, name)
    if both is None:
        return live if certain.exact(desired, live, schema) else _whole(desired)
    (wanted, running), below = both, elements.inside(schema)
    found = {
        key: _value(wanted.get(key, ABSENT), running.get(key, ABSENT), below, owned.element(key), "")
        for key in _order(wanted, running)
    }
    return [value for value in found.values() if value is not ABSENT]


def _order(wanted: Mapping[Element, Any], running: Mapping[Element, Any]) -> list[Element]:
    """Return the keys in the wanted order; what only runs stays where it is if it can."""
    shared = [key for key in running if key in wanted]
    if shared == [key for key in wanted if key in running]:
        return [*running, *(key for key in wanted if key not in running)]
    return [*wanted, *(key for key in running if key not in wanted)]


def _whole(desired: Any) -> Any:
    """Return a value that is new, without the nulls, which the server does not keep."""
    if isinstance(desired, Mapping):
        return {key: _whole(value) for key, value in desired.items() if value is not None}
    return [_whole(each) for each in desired] if isinstance(desired, list) else desired
