"""Open Cluster Management: policies. Source: open-cluster-management.io/docs, "Policy API concepts", and their API.

`compliant` is Compliant, NonCompliant, Pending or UnknownCompliancy; beside it stands what was found, in a form of each
kind: by namespace for certificates, by template for configurations, as a condition for operators; by cluster for a
policy's root, by template for its copies in the namespaces of the clusters.
"""

from argosy.engine.health.form import (
    Behind,
    at,
    degraded,
    elements,
    every,
    first_of,
    has,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
)
from argosy.engine.model.resource import Manifest

_NO_STATUS = "Waiting for the status to be reported"
_OLD_STATUS = "Waiting for the status to be updated"
_COMPLIANT = is_("status.compliant", "Compliant")
_VIOLATED = is_("status.compliant", "NonCompliant")

_CERTIFICATES = first_of(
    progressing(lacks("status.compliant"), _NO_STATUS),
    degraded(_VIOLATED, "At least once certificate does not comply with the policy"),
    healthy(_COMPLIANT, "All certificates found comply with the policy"),
    otherwise("Progressing", _NO_STATUS),
)


def _found(manifest: Manifest) -> str:
    conditions = (
        condition
        for template in elements(manifest, "status.compliancyDetails")
        for condition in elements(template, "conditions")
    )
    return "; ".join(f"{condition.get('type')} - {condition.get('message')}" for condition in conditions)


_CONFIGURATION = first_of(
    progressing(lacks("status.compliant"), _NO_STATUS),
    progressing(Behind("status.lastEvaluatedGeneration"), _OLD_STATUS),
    healthy(_COMPLIANT, _found),
    degraded(_VIOLATED, _found),
    otherwise("Progressing", _found),
)

_OPERATOR = first_of(
    progressing(lacks("status.compliant"), _NO_STATUS),
    progressing(Behind(), _OLD_STATUS),
    healthy(_COMPLIANT, "{conditions[Compliant].message}"),
    degraded(_VIOLATED, "{conditions[Compliant].message}"),
    otherwise("Progressing", "{conditions[Compliant].message}"),
)


_IS_ROOT = has("status.placement")


def _names(manifest: Manifest, verdict: str) -> str:
    """Return which clusters of a root, or templates of a copy, the verdict is of."""
    if _IS_ROOT.holds(manifest):
        of_root = (each for each in elements(manifest, "status.status") if each.get("compliant", "Pending") == verdict)
        return "clusters: " + ", ".join(str(each.get("clustername")) for each in of_root)
    of_copy = (each for each in elements(manifest, "status.details") if each.get("compliant", "Pending") == verdict)
    return "templates: " + ", ".join(str(at(each, "templateMeta.name")) for each in of_copy)


_POLICY = first_of(
    healthy(is_("spec.disabled", True), "Policy is disabled"),
    progressing(lacks("status.compliant"), _NO_STATUS),
    degraded(_VIOLATED, lambda policy: f"NonCompliant {_names(policy, 'NonCompliant')}"),
    healthy(every(_COMPLIANT, _IS_ROOT), "All clusters are compliant"),
    healthy(_COMPLIANT, "All templates are compliant"),
    otherwise("Progressing", lambda policy: f"Pending {_names(policy, 'Pending')}"),
)

TABLE = {
    "policy.open-cluster-management.io/CertificatePolicy": _CERTIFICATES,
    "policy.open-cluster-management.io/ConfigurationPolicy": _CONFIGURATION,
    "policy.open-cluster-management.io/OperatorPolicy": _OPERATOR,
    "policy.open-cluster-management.io/Policy": _POLICY,
}
