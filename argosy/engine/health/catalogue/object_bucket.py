"""Object bucket claims. Source: rook.io/docs, "Object Bucket Claim", and lib-bucket-provisioner's API, `status.phase`.

Bound is there to be used; Released has lost its bucket.
"""

from argosy.engine.health.form import degraded, first_of, healthy, is_, otherwise

_PHASE = "Object bucket claim phase is {status.phase}"
_CLAIM = first_of(
    healthy(is_("status.phase", "Bound"), _PHASE),
    degraded(is_("status.phase", "Failed", "Released"), _PHASE),
    otherwise("Progressing", "Object bucket claim phase is {status.phase|Pending}"),
)

TABLE = {"objectbucket.io/ObjectBucketClaim": _CLAIM}
