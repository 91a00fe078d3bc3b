"""Read `metadata.managedFields`: which fields a manager owns, and which of them are no longer wanted.

The format is Kubernetes' FieldsV1: `f:` a field, `k:` a list element by its keys, `v:` a member of a set, `i:` an
index, `.` the thing itself.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from argosy.engine.model.resource import Manifest, annotations_of, metadata_of

FIELD_MANAGER = "argocd-controller"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_KUBECTL = "kubectl-client-side-apply"


def applied_by_us(live: Manifest) -> Mapping[str, Any] | None:
    """Return our own server-side apply entry in the live object's managed fields, or None."""
    for entry in (live.get("metadata") or {}).get("managedFields") or ():
        ours = entry.get("manager") == FIELD_MANAGER and entry.get("operation") == "Apply"
        if ours and not entry.get("subresource"):
            return entry
    return None


def migration(live: Manifest, *, also: str = "") -> list[dict[str, Any]] | None:
    """Return the JSON patch that makes what was applied client-side ours, or None if there is nothing to migrate.

    Entries of kubectl, of Argo CD and of the manager `also` become part of our server-side apply, so that a field that
    Git drops later is removed. It fails if the object changed meanwhile. Source: Kubernetes' `csaupgrade`; 4.46.
    """
    metadata = live.get("metadata") or {}
    entries = metadata.get("managedFields") or ()
    managers = {_KUBECTL, also or _KUBECTL}
    if LAST_APPLIED in annotations_of(live):
        managers.add(FIELD_MANAGER)
    old = [each for each in entries if _is_update(each) and each.get("manager") in managers]
    if not old:
        return None
    newest = applied_by_us(live) or {**old[-1], "manager": FIELD_MANAGER, "operation": "Apply"}
    same_version = [each for each in old if each.get("apiVersion") == newest.get("apiVersion")]
    fields: dict[str, Any] = dict(newest.get("fieldsV1") or {})
    for each in same_version:
        fields = _union(fields, each.get("fieldsV1") or {})
    kept = [each for each in entries if each not in old and each is not applied_by_us(live)]
    return [
        {"op": "replace", "path": "/metadata/managedFields", "value": [*kept, {**newest, "fieldsV1": fields}]},
        {"op": "replace", "path": "/metadata/resourceVersion", "value": metadata.get("resourceVersion")},
    ]


def of_others(live: Manifest) -> tuple[Mapping[str, Any], ...]:
    """Return what others own, as their FieldsV1 trees; what was applied client-side is not theirs (see `migration`)."""
    ours, entries = applied_by_us(live), metadata_of(live).get("managedFields") or ()
    client_side = {_KUBECTL, FIELD_MANAGER} if LAST_APPLIED in annotations_of(live) else {_KUBECTL}
    others = (each for each in entries if not (_is_update(each) and each.get("manager") in client_side))
    return tuple(each.get("fieldsV1") or {} for each in others if each is not ours)


def _is_update(entry: Mapping[str, Any]) -> bool:
    return entry.get("operation") == "Update" and not entry.get("subresource")


def _union(left: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    both = {key: _union(left[key], right[key]) for key in left.keys() & right.keys()}
    return {**left, **right, **both}


def pointers(live: Manifest, manager: str) -> Iterator[str]:
    """Yield the JSON pointers of the fields that a manager owns and that are not inside a list."""
    for entry in (live.get("metadata") or {}).get("managedFields") or ():
        if entry.get("manager") == manager:
            yield from _leaves(entry.get("fieldsV1") or {}, "")


def _leaves(owned: Mapping[str, Any], pointer: str) -> Iterator[str]:
    children = {key: value for key, value in owned.items() if key != "."}
    if not children or not all(key.startswith("f:") for key in children):
        yield pointer
        return
    for key, value in children.items():
        yield from _leaves(value, f"{pointer}/{key[2:].replace('~', '~0').replace('/', '~1')}")


def covers(desired: Any, owned: Mapping[str, Any]) -> bool:
    """Return whether certainly everything in `owned` (a FieldsV1 tree) is in the desired value: a quick look."""
    if isinstance(desired, dict):
        for key, below in owned.items():
            if key != ".":
                name = key[2:]
                if name not in desired or (below and not covers(desired[name], below)):
                    return False
        return True
    return isinstance(desired, list) and all(
        _covers_element(desired, key, below) for key, below in owned.items() if key != "."
    )


def _covers_element(desired: list[Any], key: str, below: Mapping[str, Any]) -> bool:
    if key[0] == "k":
        found, element = _element(parsed(key[2:]), desired)
    else:
        found, element = _step(key[0], key[2:], desired)
    return found and (not below or covers(element, below))


def no_longer_wanted(owned: Mapping[str, Any], desired: Any, live: Any, path: str = "") -> Iterator[str]:
    """Yield the paths that are in `owned` (a FieldsV1 tree), in the live value, and not in the desired one."""
    for key, below in owned.items():
        if key == ".":
            continue
        marker, _, name = key.partition(":")
        wanted, child = _step(marker, name, desired)
        if wanted and not below:
            continue
        runs, now = _step(marker, name, live)
        if not runs:
            continue
        here = f"{path}.{name}" if marker == "f" and path else f"{path}[{name}]" if marker != "f" else name
        if wanted:
            yield from no_longer_wanted(below, child, now, here)
        else:
            yield here


def replaces_a_whole(live: Manifest, desired: Manifest) -> bool:
    """Return whether an apply would replace a map or list that is owned as a whole, and not member by member.

    What such a field holds besides what is wanted would go: a Service's selector, a Pod's node selector. Who owns it
    does not matter, since the managed fields of everybody show which fields are of this kind.
    """
    entries = metadata_of(live).get("managedFields") or ()
    return any(_replaces(entry.get("fieldsV1") or {}, live, desired) for entry in entries)


def _replaces(owned: Mapping[str, Any], live: Any, desired: Any) -> bool:
    for key, below in owned.items():
        marker, _, name = key.partition(":")
        if key == "." or marker == "v":
            continue
        (runs, before), (wanted, after) = _step(marker, name, live), _step(marker, name, desired)
        if not (runs and wanted):
            continue
        if _replaces(below, before, after) if below else isinstance(before, Mapping | list) and before != after:
            return True
    return False


def elements(owned: Mapping[str, Any], names: Sequence[str]) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """Return what is owned of the elements of a list, by their keys in this order."""
    found: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for key, below in owned.items():
        if key.startswith("k:"):
            values = parsed(key[2:])
            found[tuple([values.get(name) for name in names])] = below
    return found


@lru_cache(8192)
def parsed(text: str) -> Any:
    """Return the JSON after `k:` or `v:`; the same few texts come with every object of a kind. Nobody edits it."""
    return json.loads(text)


def _step(marker: str, name: str, desired: Any) -> tuple[bool, Any]:
    """Return whether the desired value has this child, and the child."""
    match marker, desired:
        case "f", dict():
            # Null is a value: it was applied, and is owned.
            return name in desired, desired.get(name)
        case "k", list():
            return _element(parsed(name), desired)
        case "v", list():
            value = parsed(name)
            return value in desired, value
        case "i", list():
            index = int(name)
            return index < len(desired), desired[index] if index < len(desired) else None
        case _:
            return False, None


def _element(keys: Mapping[str, Any], elements: list[Any]) -> tuple[bool, Any]:
    """Find a list element; a key that it does not carry counts as equal, since the API server may have defaulted it."""
    pairs = keys.items()
    for element in elements:
        if isinstance(element, dict):
            for key, value in pairs:
                if element.get(key, value) != value:
                    break
            else:
                return True, element
    return False, None
