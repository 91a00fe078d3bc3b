"""Jaeger's operator. Source: github.com/jaegertracing/jaeger-operator, the phases of its API: Running or Failed."""

from argosy.engine.health.form import degraded, first_of, healthy, is_, otherwise

_JAEGER = first_of(
    healthy(is_("status.phase", "Running"), "Jaeger is {status.phase}"),
    degraded(is_("status.phase", "Failed"), "Jaeger is {status.phase}"),
    otherwise("Progressing", "Waiting for Jaeger"),
)

TABLE = {"jaegertracing.io/Jaeger": _JAEGER}
