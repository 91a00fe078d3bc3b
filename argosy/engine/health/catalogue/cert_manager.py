"""cert-manager: certificates and their issuers. Source: cert-manager.io/docs, "Certificate resource" and API reference.

Issuers register with an authority first; a certificate is Ready while its secret holds a valid one, and Issuing while a
new one is made.
"""

from argosy.engine.health.form import degraded, false, first_of, healthy, otherwise, progressing, true

_ISSUER = first_of(
    healthy(true("Ready"), "{conditions[Ready].message}"),
    degraded(false("Ready"), "{conditions[Ready].message}"),
    otherwise("Progressing", "Initializing {kind}"),
)
_CERTIFICATE = first_of(
    progressing(true("Issuing"), "{conditions[Issuing].message}"),
    degraded(false("Ready"), "{conditions[Ready].message}"),
    healthy(true("Ready"), "{conditions[Ready].message}"),
    otherwise("Progressing", "Waiting for certificate"),
)

TABLE = {
    "cert-manager.io/Issuer": _ISSUER,
    "cert-manager.io/ClusterIssuer": _ISSUER,
    "cert-manager.io/Certificate": _CERTIFICATE,
}
