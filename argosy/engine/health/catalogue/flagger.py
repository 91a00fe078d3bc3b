"""Flagger: canaries. Source: docs.flagger.app, "Canary status": its phases and the condition Promoted.

Waiting and WaitingPromotion are for a webhook or a person to say that it may go on.
"""

from argosy.engine.health.form import at, degraded, first_of, healthy, is_, lacks, otherwise, progressing, suspended
from argosy.engine.model.resource import Manifest


def _told(manifest: Manifest) -> str:
    phase, weight = at(manifest, "status.phase"), at(manifest, "status.canaryWeight")
    traffic = f"Canary Weight: {weight} %" if phase == "Progressing" and weight is not None else ""
    message = at(manifest, "status.conditions[Promoted].message")
    return " --- ".join(str(part) for part in (phase, traffic, message) if part)


_CANARY = first_of(
    progressing(lacks("status.phase"), "Waiting for Canary"),
    healthy(is_("status.phase", "Initialized", "Succeeded"), _told),
    degraded(is_("status.phase", "Failed"), _told),
    suspended(is_("status.phase", "Waiting", "WaitingPromotion"), _told),
    otherwise("Progressing", _told),
)

TABLE = {"flagger.app/Canary": _CANARY}
