"""How much of an object is asked for and kept. Pure; used by `live` for each object and by `cache` for each kind.

An object that an application manages or wants is kept as it was sent: it is compared, field by field and manager by
manager. Of all others the managed fields are left out, and of kinds of which no rule reads more than the metadata the
rest too. Such a kind is listed and watched as metadata alone for as long as no application manages one of its objects.
"""

from collections.abc import Mapping
from typing import Literal

from argosy.engine.model.resource import GroupKind

Detail = Literal["whole", "lean", "bare"]
"""As it was sent; without `metadata.managedFields`; of that only `apiVersion`, `kind` and `metadata`."""

_RBAC = "what it grants is read by the API server alone"
_CONFIGURATION = "it has no status; its fields matter to the program that reads them"
_NETWORK = "the tree shows how traffic flows from Services and Ingresses, and needs no addresses"
_ADMISSION = "it has no status; the API server alone obeys it"
_SCHEDULING = "it has no status; the scheduler alone reads it"
_STORAGE = "no health or tree rule reads drivers and their attachments"

# The safe side is to keep too much: a kind that is not here, whoever defines it, is kept with spec and status, since
# the generic health rule, the catalogue and the users' own rules may read them.
BARE: Mapping[GroupKind, str] = {
    GroupKind(group, kind): reason
    for group, kinds, reason in (
        ("", "Secret", "its values concern nobody here; releases that Helm stores are the largest objects of all"),
        ("", "ConfigMap", _CONFIGURATION),
        ("", "ServiceAccount", _CONFIGURATION),
        ("", "Endpoints", _NETWORK),
        ("", "LimitRange PodTemplate", _CONFIGURATION),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration ValidatingWebhookConfiguration", _ADMISSION),
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding ValidatingAdmissionPolicyBinding", _ADMISSION),
        ("apiextensions.k8s.io", "CustomResourceDefinition", "that it changed says enough: discovery tells the rest"),
        ("apps", "ControllerRevision", "the tree shows that it is there"),
        ("discovery.k8s.io", "EndpointSlice", _NETWORK),
        ("flowcontrol.apiserver.k8s.io", "FlowSchema PriorityLevelConfiguration", _ADMISSION),
        ("networking.k8s.io", "IngressClass IPAddress NetworkPolicy", _NETWORK),
        ("node.k8s.io", "RuntimeClass", _SCHEDULING),
        ("rbac.authorization.k8s.io", "ClusterRole ClusterRoleBinding Role RoleBinding", _RBAC),
        ("resource.k8s.io", "DeviceClass ResourceSlice", _SCHEDULING),
        ("scheduling.k8s.io", "PriorityClass", _SCHEDULING),
        ("storage.k8s.io", "CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment", _STORAGE),
        ("storage.k8s.io", "VolumeAttributesClass", _STORAGE),
        ("wgpolicyk8s.io", "ClusterPolicyReport PolicyReport", "reports on others; no rule reads them"),
    )
    for kind in kinds.split()
}


def kept_of(kind: GroupKind) -> Detail:
    """Return how much is kept of an object of this kind that no application manages or wants."""
    return "bare" if kind in BARE else "lean"
