"""Cluster API: clusters, machines and their sets, and AWS's managed control plane. Source: cluster-api.sigs.k8s.io.

A phase (Pending, Provisioning, Provisioned, Running, Scaling..., Deleting, Failed) says where an object is on its way.
A condition that is False has a severity: Error needs a person, Warning and Info go away by themselves.
"""

from collections.abc import Iterator

from argosy.engine.health.form import (
    Behind,
    Some,
    degraded,
    either,
    elements,
    every,
    false,
    first_of,
    first_text,
    has,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
    suspended,
    true,
)
from argosy.engine.model.resource import Manifest

_READY = "{conditions[Ready].message}"
_PHASE = "status.phase"
_PAUSED = suspended(is_("spec.paused", True), "{kind} is paused")
_FAILED = degraded(is_(_PHASE, "Failed"), first_text("{status.failureMessage}", "{kind} is failed"))
_ERROR = every(false("Ready"), is_("status.conditions[Ready].severity", "Error"))

_CLUSTER = first_of(
    _PAUSED,
    progressing(Behind(), "Waiting for clusters"),
    _FAILED,
    degraded(_ERROR, _READY),
    healthy(
        every(is_(_PHASE, "Provisioned"), either(true("Ready"), lacks("status.conditions[Ready]"))),
        "Cluster is running",
    ),
    otherwise("Progressing", first_text(_READY, "Waiting for clusters")),
)
_MACHINE = first_of(
    progressing(Behind(), "Waiting for machines"),
    _FAILED,
    degraded(_ERROR, _READY),
    healthy(
        every(is_(_PHASE, "Running"), either(true("Ready"), lacks("status.conditions[Ready]"))), "Machine is running"
    ),
    otherwise("Progressing", first_text(_READY, "Waiting for machines")),
)
_DEPLOYMENT = first_of(
    _PAUSED,
    progressing(Behind(), "Waiting for machines"),
    _FAILED,
    healthy(is_(_PHASE, "Running"), "Machines are running under this deployment"),
    progressing(is_(_PHASE, "ScalingUp"), "Cluster is spawning machines"),
    progressing(is_(_PHASE, "ScalingDown"), "Cluster is stopping machines"),
    otherwise("Progressing", "Waiting for machines"),
)
_HEALTH_CHECK = first_of(
    progressing(Behind(), "Waiting for remediation"),
    healthy(true("RemediationAllowed")),
    degraded(false("RemediationAllowed"), "{conditions[RemediationAllowed].message}"),
    otherwise("Progressing", "Waiting for remediation"),
)


def _pool_phase(manifest: Manifest) -> str:
    missing = ", ".join(
        f"Not {each.get('type')} ({each.get('reason')})" if each.get("reason") else f"Not {each.get('type')}"
        for each in elements(manifest, "status.conditions")
        if each.get("status") == "False"
    )
    phase = (manifest.get("status") or {}).get("phase")
    return f"MachinePool is {phase}: {missing}" if missing else f"MachinePool is {phase}"


_POOL = first_of(
    progressing(either(lacks(_PHASE), Behind()), "Waiting for MachinePool"),
    degraded(either(is_(_PHASE, "Failed"), _ERROR), _pool_phase),
    healthy(every(is_(_PHASE, "Running"), either(true("Ready"), lacks("status.conditions[Ready]"))), _pool_phase),
    otherwise("Progressing", _pool_phase),
)
_RESOURCE_SET = first_of(
    progressing(Behind(), "Initializing cluster resource set"),
    healthy(true("ResourcesApplied"), "cluster resource set is applied"),
    degraded(false("ResourcesApplied"), "{conditions[ResourcesApplied].message}"),
    otherwise("Progressing", "Initializing cluster resource set"),
)

_IN_ERROR = every(is_("status", "False"), is_("severity", "Error"))


def _errors(manifest: Manifest) -> str:
    return "".join(f"{message} " for message in _messages(manifest))


def _messages(manifest: Manifest) -> Iterator[object]:
    for each in elements(manifest, "status.conditions"):
        if _IN_ERROR.holds(each) and each.get("message"):
            yield each["message"]


_AWS_CONTROL_PLANE = first_of(
    progressing(Behind(), "Waiting for the control plane spec to be reconciled"),
    degraded(has("status.failureMessage"), "{status.failureMessage}"),
    degraded(Some("status.conditions", _IN_ERROR), _errors),
    healthy(true("Ready"), "Control plane is ready"),
    otherwise("Progressing", first_text(_READY, "Waiting for the control plane to be ready")),
)

TABLE = {
    "addons.cluster.x-k8s.io/ClusterResourceSet": _RESOURCE_SET,
    "cluster.x-k8s.io/Cluster": _CLUSTER,
    "cluster.x-k8s.io/Machine": _MACHINE,
    "cluster.x-k8s.io/MachineDeployment": _DEPLOYMENT,
    "cluster.x-k8s.io/MachineHealthCheck": _HEALTH_CHECK,
    "cluster.x-k8s.io/MachinePool": _POOL,
    "controlplane.cluster.x-k8s.io/AWSManagedControlPlane": _AWS_CONTROL_PLANE,
}
