"""A status that is wanted and the Application as it is -> the smallest patch. Pure; called by `report`.

Usually a merge patch. Of a long `status.resources` of which a few entries change only those are sent, as a JSON patch
upon exactly this version, so that what comes of it is known without reading the object back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from argosy.engine import status
from argosy.engine.model.resource import Manifest

_LONG, _FEW = 100, 20


@dataclass(frozen=True, slots=True)
class Listed:
    """The list of resources that an Application holds, and the values that it was written from, entry by entry."""

    held: list[Any]
    written: list[Any]


@dataclass(frozen=True, slots=True)
class Merge:
    """A JSON merge patch of the Application."""

    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Steps:
    """A JSON patch of the Application that applies to this version only, and the status that comes of it."""

    steps: list[Mapping[str, Any]]
    status: Mapping[str, Any] = field(repr=False)


Patch = Merge | Steps


def settles_resources(patch: Patch | None) -> bool:
    """Return whether the list of resources certainly is as wanted after the patch, or was before it.

    A merge patch that leaves the list alone may come upon a newer one than was compared.
    """
    return not isinstance(patch, Merge) or "resources" in (patch.body.get("status") or {})


def patch_for(
    raw: Manifest, fields: status.Fields, ends: Mapping[str, Any] | None, listed: Listed | None
) -> Patch | None:
    """Return the patch that brings the fields about, and ends the operation `ends`; None if nothing is to be done."""
    held = raw.get("status") or {}
    known = listed is not None and listed.held is held.get("resources") and "resources" in fields
    changed = _changed(listed.written, fields["resources"]) if known and listed is not None else None
    rest = fields if changed is None else {name: value for name, value in fields.items() if name != "resources"}
    changes = status.patch(held, rest)
    over = ends is not None and raw.get("operation") == ends
    if changed and not over:
        return _steps(raw, fields, changed, changes)
    if changed:
        changes["resources"] = fields["resources"]
    body: dict[str, Any] = {"status": changes} if changes else {}
    if over:
        body |= {"operation": None, "metadata": {"resourceVersion": raw["metadata"]["resourceVersion"]}}
    return Merge(body) if body else None


def _changed(written: list[Any], wanted: list[Any]) -> list[int] | None:
    """Return the places of the entries that differ; None if the lists are better compared, or written, as wholes."""
    if len(written) != len(wanted) or len(wanted) < _LONG:
        return None
    different = [place for place, (old, new) in enumerate(zip(written, wanted, strict=True)) if old is not new]
    changed = [place for place in different if written[place] != wanted[place]]
    return changed if len(changed) <= _FEW else None


def _steps(raw: Manifest, fields: status.Fields, changed: list[int], changes: status.Fields) -> Steps:
    held = dict(raw["status"])
    steps: list[Mapping[str, Any]] = [
        {"op": "test", "path": "/metadata/resourceVersion", "value": raw["metadata"]["resourceVersion"]}
    ]
    resources = list(held["resources"])
    for place in changed:
        resources[place] = fields["resources"][place]
        steps.append({"op": "replace", "path": f"/status/resources/{place}", "value": resources[place]})
    held["resources"] = resources
    for name, change in changes.items():
        if change is None:
            steps.append({"op": "remove", "path": f"/status/{name}"})
            del held[name]
        else:
            steps.append({"op": "add", "path": f"/status/{name}", "value": fields[name]})
            held[name] = fields[name]
    return Steps(steps, held)
