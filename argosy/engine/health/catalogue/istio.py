"""Istio's operator. Source: istio.io/docs/reference/config/istio.operator.v1alpha1, `InstallStatus.Status`."""

from argosy.engine.health.form import degraded, first_of, healthy, is_, otherwise, progressing

_OPERATOR = first_of(
    healthy(is_("status.status", "HEALTHY"), "Component is healthy."),
    progressing(is_("status.status", "UPDATING"), "Component is being updated to a different version."),
    progressing(
        is_("status.status", "RECONCILING"),
        "Controller has started but not yet completed reconciliation loop for the component.",
    ),
    degraded(is_("status.status", "ERROR"), "Component is in an error state."),
    degraded(is_("status.status", "ACTION_REQUIRED"), "Action is needed from the user for reconciliation to proceed."),
    degraded(is_("status.status", "NONE"), "Component is not present."),
    otherwise("Progressing", "Waiting for Istio Control Plane"),
)

TABLE = {"install.istio.io/IstioOperator": _OPERATOR}
