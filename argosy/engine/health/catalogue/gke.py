"""Google Kubernetes Engine: managed certificates. Source: cloud.google.com, "Using Google-managed SSL certificates".

The certificate and each of its domains has a state; a domain may fail while others wait or are active.
"""

from argosy.engine.health.form import Some, degraded, either, every, first_of, healthy, is_, not_, otherwise

_FAILED = Some(
    "status.domainStatus",
    is_("status", "FailedCaaChecking", "FailedCaaForbidden", "FailedNotVisible", "FailedRateLimited"),
)
_MANAGED_CERTIFICATE = first_of(
    degraded(
        either(
            _FAILED,
            is_(
                "status.certificateStatus",
                "ProvisioningFailed",
                "ProvisioningFailedPermanently",
                "RenewalFailed",
            ),
        ),
        "At least one certificate has failed to be provisioned",
    ),
    healthy(
        every(
            is_("status.certificateStatus", "Active"),
            not_(Some("status.domainStatus", not_(is_("status", "Active")))),
        ),
        "All certificates are active",
    ),
    otherwise("Progressing", "At least one certificate is still being provisioned"),
)

TABLE = {"networking.gke.io/ManagedCertificate": _MANAGED_CERTIFICATE}
