"""The health of an application from that of its objects: the worst of them, with the culprits named.

Rules 5.19 to 5.23 of Argo CD. Which objects count is decided where they are counted.
"""

import heapq
from collections.abc import Mapping

from argosy.engine.health.verdict import Health
from argosy.engine.model.application import HealthCode
from argosy.engine.model.resource import ResourceKey

ORDER: tuple[HealthCode, ...] = ("Healthy", "Suspended", "Progressing", "Missing", "Degraded", "Unknown")

_NAMED = 3


def roll_up(unwell: Mapping[ResourceKey, Health]) -> Health:
    """Return the worst health of these objects; Healthy if there are none."""
    if not unwell:
        return Health("Healthy")
    worst = ORDER[max(ORDER.index(found.status) for found in unwell.values())]
    return Health(worst, _culprits([key for key, found in unwell.items() if found.status == worst]))


def _culprits(keys: list[ResourceKey]) -> str:
    """Return `Caused by <group/Kind>:<ns/name>, ...` with at most three names, the first in the order of keys."""
    named = ", ".join(map(str, heapq.nsmallest(_NAMED, keys)))
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    return f"Caused by {named}{more}"
