"""KEDA: scaled objects and jobs. Source: keda.sh/docs/concepts, "Scaling Deployments" and "Scaling Jobs", status.

Ready is Unknown with a reason while some of the triggers fail, and Unknown without one before the first look; Active
only says whether there is something to do, Fallback that a fallback's count is in use.
"""

from argosy.engine.health.form import (
    degraded,
    every,
    false,
    first_of,
    has,
    healthy,
    otherwise,
    suspended,
    true,
    unknown,
)

_READY = "{conditions[Ready].message}"
_SCALED = first_of(
    suspended(true("Paused"), "{conditions[Paused].message}"),
    degraded(false("Ready"), _READY),
    degraded(every(unknown("Ready"), has("conditions[Ready].reason")), _READY),
    healthy(true("Ready"), _READY),
    otherwise("Progressing", "Waiting for {kind}"),
)

TABLE = {"keda.sh/ScaledJob": _SCALED, "keda.sh/ScaledObject": _SCALED}
