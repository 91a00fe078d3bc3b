"""OpenFaaS: functions. Source: docs.openfaas.com/openfaas-pro/function-crd, "Status and conditions".

Ready is of the deployment and the service, Healthy of the replicas; a function with no replica is scaled to zero until
somebody calls it. Stalled is what will not get better by itself, Reconciling what is under way.
"""

from argosy.engine.health.form import (
    Behind,
    degraded,
    every,
    false,
    first_of,
    healthy,
    otherwise,
    progressing,
    suspended,
    true,
)

_FUNCTION = first_of(
    progressing(Behind("conditions[Ready].observedGeneration"), "Waiting for Function to be reconciled"),
    degraded(true("Stalled"), "{conditions[Stalled].message}"),
    progressing(true("Reconciling"), "{conditions[Reconciling].message}"),
    degraded(false("Ready"), "{conditions[Ready].message}"),
    suspended(every(true("Ready"), false("Healthy")), "No replicas available"),
    healthy(every(true("Ready"), true("Healthy")), "{conditions[Ready].message}"),
    otherwise("Progressing", "{conditions[Ready].message|Waiting for Function to be reconciled}"),
)

TABLE = {"openfaas.com/Function": _FUNCTION}
