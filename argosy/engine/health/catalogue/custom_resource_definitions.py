"""CustomResourceDefinition. Source: the conditions of apiextensions.k8s.io/v1 in Kubernetes' API reference."""

from argosy.engine.health.form import (
    degraded,
    either,
    false,
    first_of,
    healthy,
    lacks,
    otherwise,
    progressing,
    true,
    unknown,
)

_DEFINITION = first_of(
    progressing(lacks("status.conditions"), "Status conditions not found"),
    progressing(true("Terminating"), "CRD is being terminated"),
    degraded(true("NonStructuralSchema"), "Schema violations found: {conditions[NonStructuralSchema].message}"),
    degraded(
        false("KubernetesAPIApprovalPolicyConformant"),
        "Approval policy violations found: {conditions[KubernetesAPIApprovalPolicyConformant].message}",
    ),
    degraded(false("NamesAccepted"), "CRD names have not been accepted: {conditions[NamesAccepted].message}"),
    progressing(either(false("Established", "Installing"), unknown("Established")), "CRD is being installed"),
    degraded(false("Established"), "CRD is not established: {conditions[Established].message}"),
    healthy(true("Established"), "CRD is healthy"),
    otherwise("Progressing", "CRD is being installed"),
)

TABLE = {"apiextensions.k8s.io/CustomResourceDefinition": _DEFINITION}
