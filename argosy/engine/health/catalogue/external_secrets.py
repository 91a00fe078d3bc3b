"""External Secrets Operator. Source: external-secrets.io, the API specification; Ready of each kind.

A secret is Deleted, if so wished, when the provider no longer has it. A secret for many namespaces is Ready in all of
them; before v1 it was else PartiallyReady or NotReady.
"""

from argosy.engine.health.form import Rule, degraded, false, first_of, healthy, otherwise, true

_SECRET = first_of(
    degraded(false("Ready"), "{conditions[Ready].message}"),
    healthy(true("Ready"), "{conditions[Ready].message}"),
    Rule("Missing", true("Deleted"), "{conditions[Deleted].message}"),
    otherwise("Progressing", "Waiting for {kind}"),
)
_FOR_MANY = first_of(
    degraded(false("Ready"), "{conditions[Ready].message}"),
    healthy(true("Ready"), "{conditions[Ready].message}"),
    degraded(true("NotReady"), "{conditions[NotReady].message}"),
    degraded(true("PartiallyReady"), "{conditions[PartiallyReady].message}"),
    otherwise("Progressing", "Waiting for {kind}"),
)

TABLE = {
    "external-secrets.io/ClusterExternalSecret": _FOR_MANY,
    "external-secrets.io/ClusterSecretStore": _SECRET,
    "external-secrets.io/ExternalSecret": _SECRET,
    "external-secrets.io/PushSecret": _SECRET,
    "external-secrets.io/SecretStore": _SECRET,
}
