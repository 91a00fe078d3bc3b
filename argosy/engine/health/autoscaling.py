"""HorizontalPodAutoscaler: degraded when it cannot read or set what it scales by, else healthy once it acts."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from argosy.engine.health.verdict import Health, is_true, status_of
from argosy.engine.model.resource import Manifest, annotations_of

_CONDITIONS_V1 = "autoscaling.alpha.kubernetes.io/conditions"
_FAILURES = {
    "AbleToScale": {"FailedGetScale", "FailedUpdateScale"},
    "ScalingActive": {
        "FailedGetResourceMetric",
        "FailedGetObjectMetric",
        "FailedGetPodsMetric",
        "FailedGetExternalMetric",
        "FailedComputeMetricsReplicas",
        "InvalidSelector",
    },
}


def horizontal_pod_autoscaler(manifest: Manifest) -> Health:
    """Judge an autoscaler by its conditions, which version 1 keeps in an annotation."""
    conditions = list(_conditions(manifest))
    for condition in conditions:
        if condition.get("reason") in _FAILURES.get(str(condition.get("type")), ()):
            return Health("Degraded", str(condition.get("message", "")))
    for condition in conditions:
        if condition.get("type") in ("AbleToScale", "ScalingLimited") and is_true(condition):
            return Health("Healthy", str(condition.get("message", "")))
    return Health("Progressing", "Waiting to Autoscale")


def _conditions(manifest: Manifest) -> Iterable[Mapping[str, Any]]:
    if manifest.get("apiVersion") != "autoscaling/v1":
        return status_of(manifest).get("conditions") or ()
    text = annotations_of(manifest).get(_CONDITIONS_V1)
    return json.loads(text) if text else ()
