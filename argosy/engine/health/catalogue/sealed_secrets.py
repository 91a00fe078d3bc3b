"""Sealed Secrets. Source: github.com/bitnami-labs/sealed-secrets, the condition Synced of its API."""

from argosy.engine.health.form import Behind, degraded, false, first_of, healthy, otherwise, progressing, true

_WAITING = "Waiting for Sealed Secret to be decrypted"
_SEALED_SECRET = first_of(
    progressing(Behind(), _WAITING),
    degraded(false("Synced"), "{conditions[Synced].message}"),
    healthy(true("Synced"), "{conditions[Synced].message}"),
    otherwise("Progressing", _WAITING),
)

TABLE = {"bitnami.com/SealedSecret": _SEALED_SECRET}
