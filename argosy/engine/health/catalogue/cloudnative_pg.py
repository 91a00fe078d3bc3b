"""CloudNativePG: clusters of PostgreSQL. Source: cloudnative-pg.io/documentation, "Declarative hibernation", the API.

The phase is a sentence, of which the operator has a fixed set; `phaseReason` says more of it. A cluster may be
hibernated, or its reconciliation switched off, by annotations.
"""

from argosy.engine.health.form import (
    at,
    degraded,
    every,
    false,
    first_of,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
    suspended,
    true,
)
from argosy.engine.model.resource import Manifest


def _phase(manifest: Manifest) -> str:
    return str(at(manifest, "status.phaseReason") or at(manifest, "status.phase") or "Waiting for Cluster to be set up")


_HIBERNATION = "conditions[cnpg.io/hibernation].message"
_CLUSTER = first_of(
    suspended(true("cnpg.io/hibernation"), f"{{{_HIBERNATION}}}"),
    suspended(
        is_("metadata.annotations[cnpg.io/reconciliationLoop]", "disabled"), "Cluster reconciliation is suspended"
    ),
    progressing(
        every(is_("metadata.annotations[cnpg.io/hibernation]", "on"), false("cnpg.io/hibernation")),
        f"{{{_HIBERNATION}}}",
    ),
    healthy(is_("status.phase", "Cluster in healthy state"), _phase),
    suspended(is_("status.phase", "Waiting for user action"), _phase),
    degraded(
        is_(
            "status.phase",
            "Cluster cannot execute instance online upgrade due to missing architecture binary",
            "Cluster cannot proceed to reconciliation due to an error while interacting with plugins",
            "Cluster cannot proceed to reconciliation due to an unknown plugin being required",
            "Cluster has incomplete or invalid image catalog",
            "Cluster is in an unrecoverable state, needs manual intervention",
            "Cluster is unrecoverable and needs manual intervention",
            "Not enough disk space",
            "Unable to create required cluster objects",
        ),
        _phase,
    ),
    healthy(every(lacks("status.phase"), true("Ready")), "{conditions[Ready].message}"),
    otherwise("Progressing", _phase),
)

TABLE = {"postgresql.cnpg.io/Cluster": _CLUSTER}
