"""kubernetes-external-secrets, the predecessor of External Secrets. Source: its README, "How to use it", `status`.

The status is one word, SUCCESS, or `ERROR, ` and what went wrong.
"""

from argosy.engine.health.form import degraded, first_of, has, healthy, is_, otherwise

_EXTERNAL_SECRET = first_of(
    healthy(is_("status.status", "SUCCESS"), "Fetched ExternalSecret."),
    degraded(has("status.status"), "{status.status}"),
    otherwise("Progressing", "Waiting for ExternalSecret."),
)

TABLE = {"kubernetes-client.io/ExternalSecret": _EXTERNAL_SECRET}
