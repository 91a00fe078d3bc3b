"""MinIO's operator: tenants. Source: min.io/docs, "MinIO Tenant custom resource", `currentState` and `healthStatus`.

The state is a sentence for people. Few of them name what only a person can mend; Initialized is the last one; all
others are steps of the way.
"""

from argosy.engine.health.form import degraded, every, first_of, healthy, is_, otherwise

_STATE = "{status.currentState}"
_TENANT = first_of(
    degraded(
        is_(
            "status.currentState",
            "Another MinIO Tenant already exists in the namespace",
            "Different versions across MinIO Pools",
            "Pool Decommissioning Not Allowed",
            "Statefulset not controlled by operator",
            "Tenant credentials are not set properly",
        ),
        _STATE,
    ),
    degraded(
        every(is_("status.currentState", "Initialized"), is_("status.healthStatus", "red")),
        "{status.healthMessage|Tenant is out of service}",
    ),
    healthy(is_("status.currentState", "Initialized"), _STATE),
    otherwise("Progressing", "{status.currentState|No status info available}"),
)

TABLE = {"minio.min.io/Tenant": _TENANT}
