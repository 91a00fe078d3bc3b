"""The health of an application from that of its objects: the worst of them, with the culprits named.

Rules 5.19 to 5.23 of Argo CD: a missing object does not count by itself; an application is Missing only when nothing
of it is there; a child application that is Missing or Unknown does not count.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from argosy.engine.health.verdict import Health
from argosy.engine.model.application import HealthCode
from argosy.engine.model.resource import ResourceKey

ORDER: tuple[HealthCode, ...] = ("Healthy", "Suspended", "Progressing", "Missing", "Degraded", "Unknown")

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One object of an application: whether it runs, how it is, and whether it counts.

    Hooks, skipped objects, the application itself and objects that ignore the health check do not count.
    """

    key: ResourceKey
    live: bool
    health: Health | None
    counts: bool = True


def roll_up(parts: Iterable[Part]) -> Health:
    """Return the worst health of the parts that count."""
    counted = [part for part in parts if part.counts]
    if counted and not any(part.live for part in counted):
        return Health("Missing")
    judged = [(part.key, part.health) for part in counted if part.live and part.health and _matters(part)]
    worst = max((found for _, found in judged), key=_badness, default=Health("Healthy")).status
    if worst == "Healthy":
        return Health("Healthy")
    return Health(worst, _culprits([key for key, found in judged if found.status == worst]))


def _badness(found: Health) -> int:
    return ORDER.index(found.status)


def _matters(part: Part) -> bool:
    child = (part.key.group, part.key.kind) == ("argoproj.io", "Application")
    return not (child and part.health is not None and part.health.status in ("Missing", "Unknown"))


def _culprits(keys: list[ResourceKey]) -> str:
    """Return `Caused by <group/Kind>:<ns/name>, ...` with at most three names."""
    named = ", ".join(str(key) for key in keys[:_NAMED])
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    return f"Caused by {named}{more}"
