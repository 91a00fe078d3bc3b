"""Deployment, ReplicaSet, StatefulSet, DaemonSet, Job. Source: the status fields of the apps/v1 and batch/v1 API.

The sentences are those of `kubectl rollout status`, which people know.
"""

from argosy.engine.health.verdict import Health, conditions_of, count, is_true, observed, spec_of, status_of
from argosy.engine.model.application import HealthCode
from argosy.engine.model.resource import Manifest

_NOT_OBSERVED = "observed {} generation less than desired generation"

_JOB_ENDS: dict[str, HealthCode] = {"Failed": "Degraded", "Suspended": "Suspended", "Complete": "Healthy"}


def _waiting(what: str) -> Health:
    return Health("Progressing", f"Waiting for rollout to finish: {what}")


def deployment(manifest: Manifest) -> Health:
    """Healthy once every replica is updated and available and no old one is left."""
    spec, status = spec_of(manifest), status_of(manifest)
    if spec.get("paused"):
        return Health("Suspended", "Deployment is paused")
    if not observed(manifest):
        return _waiting(_NOT_OBSERVED.format("deployment"))
    if (conditions_of(manifest).get("Progressing") or {}).get("reason") == "ProgressDeadlineExceeded":
        name = (manifest.get("metadata") or {}).get("name", "")
        return Health("Degraded", f'Deployment "{name}" exceeded its progress deadline')
    desired = count(spec, "replicas", 1)
    updated, available = count(status, "updatedReplicas"), count(status, "availableReplicas")
    if updated < desired:
        return _waiting(f"{updated} out of {desired} new replicas have been updated...")
    old = count(status, "replicas") - updated
    if old > 0:
        return _waiting(f"{old} old replicas are pending termination...")
    if available < updated:
        return _waiting(f"{available} of {updated} updated replicas are available...")
    return Health("Healthy")


def replica_set(manifest: Manifest) -> Health:
    """Healthy once the desired replicas are available."""
    if not observed(manifest):
        return _waiting(_NOT_OBSERVED.format("replica set"))
    failure = conditions_of(manifest).get("ReplicaFailure")
    if is_true(failure):
        return Health("Degraded", str((failure or {}).get("message", "")))
    desired, available = count(spec_of(manifest), "replicas", 1), count(status_of(manifest), "availableReplicas")
    if available < desired:
        return _waiting(f"{available} out of {desired} new replicas are available...")
    return Health("Healthy")


def stateful_set(manifest: Manifest) -> Health:
    """Healthy once all replicas are ready and, for a rolling update, on the new revision (above the partition)."""
    spec, status = spec_of(manifest), status_of(manifest)
    if not count(status, "observedGeneration") or not observed(manifest):
        return _waiting("observed statefulset generation less than desired generation")
    desired, ready = count(spec, "replicas", 1), count(status, "readyReplicas")
    if ready < desired:
        return Health("Progressing", f"Waiting for {desired - ready} pods to be ready...")
    strategy = spec.get("updateStrategy") or {}
    updated = count(status, "updatedReplicas")
    if strategy.get("type") == "RollingUpdate" and strategy.get("rollingUpdate"):
        wanted = desired - count(strategy["rollingUpdate"], "partition")
        if updated < wanted:
            done = f"{updated} out of {wanted} new pods have been updated..."
            return Health("Progressing", f"Waiting for partitioned roll out to finish: {done}")
        return Health("Healthy", f"partitioned roll out complete: {updated} new pods have been updated...")
    if strategy.get("type") == "OnDelete":
        return Health("Healthy", f"statefulset has {ready} ready pods")
    if status.get("updateRevision") != status.get("currentRevision"):
        done = f"{updated} pods at revision {status.get('updateRevision')}..."
        return Health("Progressing", f"waiting for statefulset rolling update to complete {done}")
    return Health(
        "Healthy", f"statefulset rolling update complete {ready} pods at revision {status.get('currentRevision')}..."
    )


def daemon_set(manifest: Manifest) -> Health:
    """Healthy once every node that should run the pod runs the new one and it is available."""
    if not observed(manifest):
        return _waiting(_NOT_OBSERVED.format("daemon set"))
    status = status_of(manifest)
    if (spec_of(manifest).get("updateStrategy") or {}).get("type") == "OnDelete":
        return Health("Healthy")
    desired = count(status, "desiredNumberScheduled")
    updated, available = count(status, "updatedNumberScheduled"), count(status, "numberAvailable")
    if updated < desired:
        return _waiting(f"{updated} out of {desired} new pods have been updated...")
    if available < desired:
        return _waiting(f"{available} of {desired} updated pods are available...")
    return Health("Healthy")


def job(manifest: Manifest) -> Health:
    """Healthy once complete, Degraded once failed."""
    conditions = conditions_of(manifest)
    for name, status in _JOB_ENDS.items():
        if is_true(conditions.get(name)):
            return Health(status, str(conditions[name].get("message", "")))
    return Health("Progressing")
