"""May this object be deleted? Absent is not deleted: every doubt keeps the object, and the reason is shown.

The rule of the design: a complete render, fresh live data, and an inventory entry that says that we applied it. An
object that was adopted (it carries our own mark, and the inventory did not know it) is pruned only by a person's sync.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from argosy.engine import options
from argosy.engine.model.resource import GroupKind, Manifest, ResourceKey
from argosy.engine.plan.steps import Kept, Propagation, Prune

Origin = Literal["applied", "adopted"]

_PROPAGATIONS: Mapping[str, Propagation] = {"foreground": "Foreground", "background": "Background", "orphan": "Orphan"}


@dataclass(frozen=True, slots=True)
class PruneRequest:
    """What was asked for, and what is known: `origins` is the inventory, `stale` why a kind's live data is old."""

    asked: bool
    by_person: bool
    allow_empty: bool
    empty: bool
    origins: Mapping[ResourceKey, Origin]
    stale: Mapping[GroupKind, str]
    options: tuple[str, ...] = ()


def decide(key: ResourceKey, live: Manifest, request: PruneRequest) -> Prune | Kept:
    """Return the deletion of an object that is no longer wanted, or why it stays."""
    reason = _reason_to_keep(key, live, request)
    if reason:
        return Kept(key, reason)
    setting = options.value("PrunePropagationPolicy", live, request.options)
    uid = str((live.get("metadata") or {}).get("uid") or "")
    return Prune(key, uid, _PROPAGATIONS.get(setting, "Foreground"))


def _reason_to_keep(key: ResourceKey, live: Manifest, request: PruneRequest) -> str:
    if not request.asked:
        return "ignored (requires pruning)"
    policy = options.value("Prune", live, request.options)
    if policy == "false":
        return "ignored (no prune)"
    if policy == "confirm":
        return "ignored (Prune=confirm: confirmation of single objects is not supported yet; delete it by hand)"
    if request.empty and not request.allow_empty:
        return "ignored (nothing was rendered, and spec.syncPolicy.automated.allowEmpty is not set)"
    if key.group_kind in request.stale:
        return f"ignored (live state of {key.group_kind} is not fresh: {request.stale[key.group_kind]})"
    match request.origins.get(key):
        case "applied":
            return ""
        case "adopted" if request.by_person:
            return ""
        case "adopted":
            return "ignored (it was adopted, not applied by this installation: sync with prune by hand to confirm)"
        case None:
            return "ignored (this installation has no record of having applied it)"
