"""Which fields that were set earlier are no longer wanted: an apply would remove them.

Read from our managed fields; before our first apply, from the annotation that a client-side apply leaves: the sync
makes those fields ours first, a dry run alone does not. Called by `diff`.
"""

import json
from collections.abc import Mapping
from typing import Any

from argosy.engine import managed
from argosy.engine.diff import elements, ownership
from argosy.engine.diff.absent import ABSENT
from argosy.engine.diff.applied import Applied
from argosy.engine.diff.elements import Elements
from argosy.engine.diff.ownership import Owned, Trees
from argosy.engine.diff.schema import Schema
from argosy.engine.model.resource import Manifest, annotations_of


def nothing(desired: Manifest, live: Manifest, schema: Schema) -> bool:
    """Return whether no field that we set earlier is missing from what is desired now."""
    entry = managed.applied_by_us(live)
    if entry is None:
        return not any(any(managed.no_longer_wanted(tree, desired, live)) for tree in of_client_side(live, schema))
    if entry.get("apiVersion") != desired.get("apiVersion"):
        return False
    owned = entry.get("fieldsV1") or {}
    return managed.covers(desired, owned) or not any(managed.no_longer_wanted(owned, desired, live))


def earlier(live: Manifest, schema: Schema, applied: Applied) -> Owned:
    """Return what we applied earlier, by the live object's own record, and what others own."""
    entry = managed.applied_by_us(live)
    ours = of_client_side(live, schema) if entry is None else (entry.get("fieldsV1") or {},)
    return Owned(ours, managed.of_others(live), applied)


def of_client_side(live: Manifest, schema: Schema) -> Trees:
    """Return what a client-side apply set; nothing once we have applied ourselves, or if the annotation is no JSON."""
    last_applied = annotations_of(live).get(managed.LAST_APPLIED)
    if last_applied is None or managed.applied_by_us(live) is not None:
        return ()
    try:
        earlier = json.loads(last_applied)
    except ValueError:
        return ()
    return (ownership.tree_of(earlier, schema),) if isinstance(earlier, Mapping) else ()


def without(predicted: Manifest, desired: Manifest, live: Manifest, schema: Schema) -> Manifest:
    """Return a dry run's answer without what a client-side apply set and is not desired now."""
    trees = of_client_side(live, schema)
    return (
        _pruned(predicted, desired, schema, Owned(trees, managed.of_others(live), Applied(desired, live, "")), "")
        if trees
        else predicted
    )


def _pruned(value: Any, desired: Any, schema: Schema, owned: Owned, name: str) -> Any:
    if not owned.ours or ownership.is_whole(owned.ours):
        return value
    if isinstance(value, Mapping) and isinstance(desired, Mapping):
        found: dict[str, Any] = {}
        for key, now in value.items():
            mine, below = owned.member(key), elements.below(schema, key)
            found[key] = _pruned(now, desired[key], below, mine, key) if key in desired else mine.kept(now)
        return {key: now for key, now in found.items() if now is not ABSENT}
    if isinstance(value, list) and isinstance(desired, list):
        both = elements.both(desired, value, schema, name)
        return value if both is None else _pruned_elements(both, elements.inside(schema), owned)
    return value


def _pruned_elements(both: tuple[Elements, Elements], schema: Schema, owned: Owned) -> list[Any]:
    wanted, running = both
    found: list[Any] = []
    for key, now in running.items():
        mine = owned.element(key)
        found.append(_pruned(now, wanted[key], schema, mine, "") if key in wanted else mine.kept(now))
    return [now for now in found if now is not ABSENT]
