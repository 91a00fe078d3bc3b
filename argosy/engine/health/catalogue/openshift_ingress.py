"""OpenShift: ingress controllers and routes.

Source: docs.openshift.com, "Ingress Controller status" and "Route status". An ingress controller has the conditions of
a cluster operator and those of its deployment; a route is admitted or rejected by each router that looks at it.
"""

from argosy.engine.health.form import (
    Behind,
    Some,
    degraded,
    every,
    false,
    first_of,
    has,
    healthy,
    is_,
    not_,
    otherwise,
    progressing,
    true,
)

_INGRESS_CONTROLLER = first_of(
    progressing(Behind(), "Waiting for IngressController to be updated"),
    degraded(false("Admitted"), "{conditions[Admitted].message}"),
    degraded(true("Degraded"), "{conditions[Degraded].message}"),
    degraded(false("Available"), "{conditions[Available].message}"),
    progressing(true("Progressing"), "{conditions[Progressing].message}"),
    progressing(false("DeploymentReplicasAllAvailable"), "{conditions[DeploymentReplicasAllAvailable].message}"),
    healthy(true("Available"), "{conditions[Available].message|IngressController is healthy}"),
    otherwise("Progressing", "Waiting for IngressController to be available"),
)

_REJECTED = Some("conditions", every(is_("type", "Admitted"), is_("status", "False")))
_ADMITTED = Some("conditions", every(is_("type", "Admitted"), is_("status", "True")))
_ROUTE = first_of(
    degraded(Some("status.ingress", _REJECTED), "Route is degraded"),
    healthy(
        every(has("status.ingress"), not_(Some("status.ingress", not_(_ADMITTED)))),
        "Route is healthy",
    ),
    otherwise("Progressing", "Route is still being admitted"),
)

TABLE = {"operator.openshift.io/IngressController": _INGRESS_CONTROLLER, "route.openshift.io/Route": _ROUTE}
