"""Atlas's operator: schemas and migrations of databases. Source: atlasgo.io, "Kubernetes operator", and its reasons.

The reason of Ready is the step that was done or has failed; Reconciling, GettingDevDB and ApprovalPending are no
failures.
"""

from argosy.engine.health.form import degraded, false, first_of, healthy, otherwise, progressing, suspended, true

_REASON = "{conditions[Ready].reason}"
_CHANGE = first_of(
    healthy(true("Ready"), _REASON),
    progressing(false("Ready", "Reconciling", "GettingDevDB"), _REASON),
    suspended(false("Ready", "ApprovalPending"), _REASON),
    degraded(false("Ready"), _REASON),
    otherwise("Progressing", "{conditions[Ready].reason|Waiting for status to be reported}"),
)

TABLE = {
    "db.atlasgo.io/AtlasMigration": _CHANGE,
    "db.atlasgo.io/AtlasSchema": _CHANGE,
}
