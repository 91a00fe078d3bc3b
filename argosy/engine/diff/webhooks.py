"""Take out of a dry run's answer what nobody asked for: what a mutating webhook, or a default, changed along the way.

"Mutation webhook changes are stripped unless `IncludeMutationWebhook=true`" (3.3): of what the answer changes, only
what we own stays, now or after the apply; the rest is as it is live. Called by `diff.confirm`.
"""

from collections.abc import Mapping
from typing import Any

from argosy.engine import managed
from argosy.engine.diff import elements, ownership
from argosy.engine.diff.absent import ABSENT
from argosy.engine.diff.ownership import Trees
from argosy.engine.model.resource import Manifest


def stripped(predicted: Manifest, live: Manifest) -> Manifest:
    """Return the answer without the changes that are not ours; as it is if it does not say what is ours."""
    entry, before = managed.applied_by_us(predicted), managed.applied_by_us(live)
    if entry is None:
        return predicted
    trees = tuple(_folded(each.get("fieldsV1") or {}) for each in (entry, before) if each is not None)
    return _ours(predicted, live, trees)


def _folded(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the tree with what is owned of a Secret's `stringData` as a part of `data`: the server makes it that."""
    given = tree.get("f:stringData")
    return tree if given is None else {**tree, "f:data": {**tree.get("f:data", {}), **given}}


def _ours(after: Any, before: Any, trees: Trees) -> Any:
    """Return the value after an apply as far as it is ours, and as it was before for the rest."""
    if not trees or after == before:
        return before
    if ownership.is_whole(trees) or after is ABSENT or before is ABSENT:
        return after
    if isinstance(after, Mapping) and isinstance(before, Mapping):
        keys = (*before, *(key for key in after if key not in before))
        each = ((key, after.get(key, ABSENT), before.get(key, ABSENT)) for key in keys)
        found = {key: _ours(now, then, ownership.member(trees, key)) for key, now, then in each}
        return {key: value for key, value in found.items() if value is not ABSENT}
    if isinstance(after, list) and isinstance(before, list):
        return _our_elements(after, before, trees)
    return after


def _our_elements(after: list[Any], before: list[Any], trees: Trees) -> list[Any]:
    keys = ownership.keys(trees)
    if keys is None:
        # A set, or what we own by position: which of its members are whose is of no use to anybody.
        return after
    now, then = elements.told_apart(after, keys), elements.told_apart(before, keys)
    if now is None or then is None:
        return after
    order = (*now, *(key for key in then if key not in now))
    each = ((now.get(key, ABSENT), then.get(key, ABSENT), ownership.element(trees, key)) for key in order)
    found = (_ours(*one) for one in each)
    return [value for value in found if value is not ABSENT]
