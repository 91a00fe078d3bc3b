"""What runs in an application's namespace and belongs to nobody (3.41): is a live object an orphan?

`top_level` leaves out what somebody owns or claims, `may_be_orphan` what is never one. Called by the controller for
the tree's orphans and for the warning about them.
"""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from argosy.engine import globs
from argosy.engine.model.application import Condition
from argosy.engine.model.project import OrphanedResources
from argosy.engine.model.resource import GroupKind, ResourceKey
from argosy.engine.tree import owners
from argosy.engine.tree.walk import Found

_MADE_BY_KUBERNETES = frozenset(
    ((GroupKind("", "ServiceAccount"), "default"), (GroupKind("", "ConfigMap"), "kube-root-ca.crt"))
)
Thing = TypeVar("Thing", bound=Found)
_API_SERVICE = ResourceKey("", "Service", "default", "kubernetes")


def may_be_orphan(key: ResourceKey, rules: OrphanedResources) -> bool:
    """Return whether an object that nobody owns counts as an orphan, if the project permits it at all."""
    if not key.namespace or (key.group_kind, key.name) in _MADE_BY_KUBERNETES or key == _API_SERVICE:
        return False
    return not any(
        globs.matches(rule.group, key.group)
        and (not rule.kind or globs.matches(rule.kind, key.kind))
        and (not rule.name or globs.matches(rule.name, key.name))
        for rule in rules.ignore
    )


def top_level(ownerless: Iterable[Thing], sets: Iterable[Found]) -> Iterator[Thing]:
    """Yield what claims no owner; of volume claims, those that none of the StatefulSets in the namespace made."""
    answered = frozenset(claim for each in sets for claim in owners.answers_to(each.key, each.manifest()))
    for thing in ownerless:
        claim = owners.claim_of(thing.key, thing.manifest)
        if claim is None or (claim.group_kind == owners.VOLUME_CLAIM and claim not in answered):
            yield thing


def warning(rules: OrphanedResources, number: int) -> tuple[Condition, ...]:
    """Return the condition that says how many orphans there are, if there are any and the project warns of them."""
    if not rules.warn or not number:
        return ()
    return (Condition("OrphanedResourceWarning", f"Application has {number} orphaned resources"),)
