"""OpenTelemetry operator: collectors. Source: its API reference, `OpenTelemetryCollectorStatus`, `scale`.

`scale.statusReplicas` is the ready and the wanted replicas, as in `1/2`. A collector in `sidecar` mode has none of its
own; one in `daemonset` mode may find no node to run on.
"""

from argosy.engine.health.form import at
from argosy.engine.health.verdict import Health
from argosy.engine.model.resource import Manifest


def _collector(manifest: Manifest) -> Health:
    mode = at(manifest, "spec.mode")
    if mode == "sidecar":
        return Health("Healthy", "Collector runs as a sidecar")
    found = at(manifest, "status.scale.statusReplicas")
    if not isinstance(found, str) or "/" not in found:
        return Health("Progressing", "Waiting for OpenTelemetryCollector to report its replicas")
    ready, wanted = (int(each) for each in found.split("/", 1))
    if mode == "daemonset" and wanted == 0:
        return Health("Healthy", f"DaemonSet has no eligible nodes ({found})")
    if ready >= wanted:
        return Health("Healthy", "All replicas are ready")
    if ready == 0:
        return Health("Degraded", "No replicas are ready")
    return Health("Progressing", "Some replicas are not ready")


TABLE = {"opentelemetry.io/OpenTelemetryCollector": _collector}
