"""cert-manager: certificates and their issuers. Source: cert-manager.io/docs, "Certificate resource" and API reference.

Issuers register with an authority first; a certificate is Ready while its secret holds a valid one, and Issuing while a
new one is made. `certmanager.k8s.io` is its group before release 0.11.
"""

from argosy.engine.health.form import Behind, FirstOf, degraded, false, first_of, healthy, otherwise, progressing, true

_SEEN_OLDER = Behind("status.conditions[Ready].observedGeneration")


def _issuer(name: str) -> FirstOf:
    return first_of(
        progressing(_SEEN_OLDER, f"Initializing {name}"),
        healthy(true("Ready"), "{conditions[Ready].message}"),
        degraded(false("Ready"), "{conditions[Ready].message}"),
        otherwise("Progressing", f"Initializing {name}"),
    )


_CERTIFICATE = first_of(
    progressing(true("Issuing"), "{conditions[Issuing].message}"),
    progressing(_SEEN_OLDER, "Waiting for certificate"),
    degraded(false("Ready"), "{conditions[Ready].message}"),
    healthy(true("Ready"), "{conditions[Ready].message}"),
    otherwise("Progressing", "Waiting for certificate"),
)

TABLE = {
    "cert-manager.io/Certificate": _CERTIFICATE,
    "cert-manager.io/ClusterIssuer": _issuer("ClusterIssuer"),
    "cert-manager.io/Issuer": _issuer("issuer"),
    "certmanager.k8s.io/Certificate": _CERTIFICATE,
    "certmanager.k8s.io/ClusterIssuer": _issuer("ClusterIssuer"),
    "certmanager.k8s.io/Issuer": _issuer("issuer"),
}
