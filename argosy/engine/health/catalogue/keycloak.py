"""Keycloak's operator. Source: keycloak.org/operator, "Basic Keycloak deployment": Ready, HasErrors, RollingUpdate.

HasErrors keeps warnings as its message while it is False.
"""

from argosy.engine.health.form import (
    Behind,
    degraded,
    first_of,
    first_text,
    healthy,
    lacks,
    otherwise,
    progressing,
    true,
)

_KEYCLOAK = first_of(
    progressing(lacks("status.conditions"), "Waiting for Keycloak status conditions to exist"),
    progressing(Behind(), "Waiting for Keycloak to be reconciled"),
    degraded(true("HasErrors"), "{conditions[HasErrors].message}"),
    progressing(true("RollingUpdate"), first_text("{conditions[RollingUpdate].message}", "Rolling update")),
    healthy(true("Ready"), "{conditions[Ready].message}"),
    otherwise("Progressing", "{conditions[Ready].message|Waiting for Keycloak to be ready}"),
)

TABLE = {"k8s.keycloak.org/Keycloak": _KEYCLOAK}
