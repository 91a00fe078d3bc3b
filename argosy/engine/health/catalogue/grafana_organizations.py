"""Kubitus's operator for organizations in Grafana: all of its kinds. Source: its documentation on gitlab.com; Ready."""

from argosy.engine.health.form import Behind, degraded, false, first_of, healthy, otherwise, progressing, true

_ANY = first_of(
    progressing(Behind(), "Waiting for {kind}"),
    degraded(false("Ready"), "{conditions[Ready].message}"),
    healthy(true("Ready"), "{conditions[Ready].message}"),
    otherwise("Progressing", "Waiting for {kind}"),
)

TABLE = {"grafana-org-operator.kubitus-project.gitlab.io/*": _ANY}
