"""Take from both sides what an operator writes into the object, by the shipped rules that apply to it."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from argosy.engine.model.resource import Manifest, annotations_of, kind_of, metadata_of
from argosy.engine.normalise.jq import delete
from argosy.engine.normalise.questions import Path
from argosy.engine.normalise.rules import Rules
from argosy.engine.normalise.shipped import Annotated, Declared, Has, Owned, Pattern, Shipped


def without(desired: Manifest, live: Manifest, rules: Rules) -> Callable[[Manifest], Manifest]:
    """Return what takes from either side, however it was rewritten, what an operator writes into this object."""
    applying = [each for each in rules.of_kind(kind_of(live)).shipped if holds(each, desired, live)]
    if not applying:
        return _as_it_is
    return lambda manifest: delete(manifest, [path for each in applying for path in places(manifest, each.field)])


def _as_it_is(manifest: Manifest) -> Manifest:
    return manifest


def holds(rule: Shipped, desired: Manifest, live: Manifest) -> bool:
    """Return whether the rule applies to an object of its kinds, as it is declared and as it runs."""
    match rule.when:
        case Annotated(keys):
            return any(key in annotations_of(side) for side in (desired, live) for key in keys)
        case Owned(manager, subresource):
            return any(
                _owns(entry.get("fieldsV1") or {}, live, path)
                for entry in metadata_of(live).get("managedFields") or ()
                if entry.get("manager") == manager and (entry.get("subresource") or "") == subresource
                for path in places(live, rule.field)
            )
        case Declared(values):
            found = [_at(desired, path) for path in places(desired, rule.field)]
            return bool(found) and all(each in values for each in found)
        case Has(field):
            return bool(live.get(field))


def places(value: Any, pattern: Pattern) -> Iterator[Path]:
    """Yield the paths that a pattern leads to."""
    if not pattern:
        yield ()
        return
    head, *rest = pattern
    if head == "*" and isinstance(value, list):
        for index, element in enumerate(value):
            yield from ((index, *path) for path in places(element, tuple(rest)))
    elif isinstance(value, Mapping) and head in value:
        yield from ((head, *path) for path in places(value[head], tuple(rest)))


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def _owns(tree: Mapping[str, Any], value: Any, path: Path) -> bool:
    """Return whether a FieldsV1 tree names what the path leads to, or something that holds it as a whole."""
    for step in path:
        below = _below(tree, value, step)
        if below is None:
            return False
        if not below:
            return True
        tree, value = below, value[step]
    return False


def _below(tree: Mapping[str, Any], value: Any, step: Any) -> Mapping[str, Any] | None:
    if isinstance(step, str):
        return tree.get(f"f:{step}")
    element = value[step]
    for key, below in tree.items():
        marker, _, name = key.partition(":")
        if marker == "i" and name == str(step):
            return below
        if marker == "k" and isinstance(element, Mapping):
            keys = json.loads(name)
            if all(element.get(each, wanted) == wanted for each, wanted in keys.items()):
                return below
    return None
