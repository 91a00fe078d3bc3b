"""Who owns a field of a live object, and since when. Read from `metadata.managedFields`; called for what differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from argosy.engine import managed
from argosy.engine.diff import ownership
from argosy.engine.diff.steps import Element, Step
from argosy.engine.model.resource import Manifest, metadata_of


@dataclass(frozen=True, slots=True)
class Owner:
    """A field manager: `operation` is how it wrote (`Apply` or `Update`), `subresource` through which door.

    `since` is when it last changed what it owns, RFC 3339, empty if the server did not note it: the field has its value
    for at least so long.
    """

    manager: str
    operation: str
    since: str
    subresource: str = ""


def of(live: Manifest, steps: Sequence[Step]) -> Owner | None:
    """Return who owns the live value of a field: of several, whoever wrote last, and rather another than us."""
    found = [
        Owner(
            str(entry.get("manager") or ""),
            str(entry.get("operation") or ""),
            str(entry.get("time") or ""),
            str(entry.get("subresource") or ""),
        )
        for entry in metadata_of(live).get("managedFields") or ()
        if owns(entry.get("fieldsV1") or {}, steps)
    ]
    return max(found, key=lambda each: (each.manager != managed.FIELD_MANAGER, each.since), default=None)


def owns(tree: Mapping[str, Any], steps: Sequence[Step]) -> bool:
    """Return whether a FieldsV1 tree has the field, something in it, or what it is a part of."""
    trees: ownership.Trees = (tree,)
    for step in steps:
        trees = _part(trees, step)
        if not trees or ownership.is_whole(trees):
            return bool(trees)
    return True


def _part(trees: ownership.Trees, step: Step) -> ownership.Trees:
    match step:
        case str():
            return ownership.member(trees, step)
        case int():
            return tuple(tree[f"i:{step}"] for tree in trees if f"i:{step}" in tree)
        case Element():
            return ownership.element(trees, step)
