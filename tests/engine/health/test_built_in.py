"""Table 5.1, row by row: the kinds that are checked in code, and what is said of any object."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.engine import health
from argosy.engine.health import Health
from argosy.engine.model.application import HealthCode


def of(
    kind: str, *, spec: Mapping[str, Any] | None = None, status: Mapping[str, Any] | None = None, **metadata: Any
) -> Health:
    """Return the health of an object of a kind, `apps/v1 Deployment`."""
    api_version, _, name = kind.rpartition(" ")
    found = health.assess(
        {
            "apiVersion": api_version,
            "kind": name,
            "metadata": {"name": "example", "namespace": "default", **metadata},
            "spec": spec or {},
            "status": status or {},
        }
    )
    assert found is not None
    return found


def condition(kind: str, status: str = "True", **more: str) -> dict[str, Any]:
    return {"conditions": [{"type": kind, "status": status, **more}]}


DEPLOYMENT = "apps/v1 Deployment"
ROLLED_OUT = {"observedGeneration": 2, "replicas": 3, "updatedReplicas": 3, "availableReplicas": 3}


@pytest.mark.parametrize(
    ("spec", "status", "expected"),
    [
        ({"paused": True}, {}, Health("Suspended", "Deployment is paused")),
        (
            {},
            ROLLED_OUT | {"observedGeneration": 1},
            "Waiting for rollout to finish: observed deployment generation less than desired generation",
        ),
        (
            {},
            ROLLED_OUT | condition("Progressing", "False", reason="ProgressDeadlineExceeded"),
            Health("Degraded", 'Deployment "example" exceeded its progress deadline'),
        ),
        (
            {},
            ROLLED_OUT | {"updatedReplicas": 1},
            "Waiting for rollout to finish: 1 out of 3 new replicas have been updated...",
        ),
        (
            {},
            ROLLED_OUT | {"replicas": 4},
            "Waiting for rollout to finish: 1 old replicas are pending termination...",
        ),
        (
            {},
            ROLLED_OUT | {"availableReplicas": 2},
            "Waiting for rollout to finish: 2 of 3 updated replicas are available...",
        ),
        ({}, ROLLED_OUT, Health("Healthy")),
    ],
)
def test_5_1_deployment(spec: dict[str, Any], status: dict[str, Any], expected: str | Health) -> None:
    found = of(DEPLOYMENT, spec={"replicas": 3, **spec}, status=status, generation=2)
    assert found == (expected if isinstance(expected, Health) else Health("Progressing", expected))


def test_5_1_a_deployment_of_no_replicas_is_healthy() -> None:
    assert of(DEPLOYMENT, spec={"replicas": 0}).status == "Healthy"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"observedGeneration": 1, "availableReplicas": 2}, "Progressing"),
        ({"observedGeneration": 2, "availableReplicas": 2, **condition("ReplicaFailure")}, "Degraded"),
        ({"observedGeneration": 2, "availableReplicas": 2, **condition("ReplicaFailure", "False")}, "Healthy"),
        ({"observedGeneration": 2, "availableReplicas": 1}, "Progressing"),
        ({"observedGeneration": 2, "availableReplicas": 2}, "Healthy"),
    ],
)
def test_5_1_replica_set(status: dict[str, Any], expected: HealthCode) -> None:
    assert of("apps/v1 ReplicaSet", spec={"replicas": 2}, status=status, generation=2).status == expected


ROLLING = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
READY = {
    "observedGeneration": 2,
    "readyReplicas": 3,
    "updatedReplicas": 2,
    "currentRevision": "a",
    "updateRevision": "b",
}


@pytest.mark.parametrize(
    ("strategy", "status", "expected"),
    [
        (ROLLING, READY | {"observedGeneration": 0}, "Progressing"),
        (ROLLING, READY | {"observedGeneration": 1}, "Progressing"),
        (ROLLING, READY | {"readyReplicas": 2}, "Progressing"),
        (ROLLING, READY | {"updatedReplicas": 1}, "Progressing"),
        (ROLLING, READY, "Healthy"),
        ({"type": "RollingUpdate", "rollingUpdate": {}}, READY, "Progressing"),
        ({"type": "RollingUpdate"}, READY, "Progressing"),
        ({"type": "RollingUpdate"}, READY | {"updateRevision": "a"}, "Healthy"),
        ({"type": "OnDelete"}, READY, "Healthy"),
    ],
)
def test_5_1_stateful_set(strategy: dict[str, Any], status: dict[str, Any], expected: HealthCode) -> None:
    spec = {"replicas": 3, "updateStrategy": strategy}
    assert of("apps/v1 StatefulSet", spec=spec, status=status, generation=2).status == expected


def test_5_1_a_stateful_set_says_what_it_waits_for_as_kubectl_does() -> None:
    spec = {"replicas": 3, "updateStrategy": ROLLING}
    assert of("apps/v1 StatefulSet", spec=spec, status=READY | {"readyReplicas": 1}).message == (
        "Waiting for 2 pods to be ready..."
    )
    assert of("apps/v1 StatefulSet", spec=spec, status=READY | {"updatedReplicas": 0}).message == (
        "Waiting for partitioned roll out to finish: 0 out of 2 new pods have been updated..."
    )
    assert of("apps/v1 StatefulSet", spec={"replicas": 3}, status=READY).message == (
        "waiting for statefulset rolling update to complete 2 pods at revision b..."
    )


SCHEDULED = {"observedGeneration": 2, "desiredNumberScheduled": 3, "updatedNumberScheduled": 3, "numberAvailable": 3}


@pytest.mark.parametrize(
    ("spec", "status", "expected"),
    [
        ({}, SCHEDULED | {"observedGeneration": 1}, "Progressing"),
        ({"updateStrategy": {"type": "OnDelete"}}, SCHEDULED | {"numberAvailable": 0}, "Healthy"),
        ({}, SCHEDULED | {"updatedNumberScheduled": 2}, "Progressing"),
        ({}, SCHEDULED | {"numberAvailable": 2}, "Progressing"),
        ({}, SCHEDULED, "Healthy"),
    ],
)
def test_5_1_daemon_set(spec: dict[str, Any], status: dict[str, Any], expected: HealthCode) -> None:
    assert of("apps/v1 DaemonSet", spec=spec, status=status, generation=2).status == expected


@pytest.mark.parametrize(
    ("kind", "spec", "addresses", "expected"),
    [
        ("v1 Service", {"type": "LoadBalancer"}, [], "Progressing"),
        ("v1 Service", {"type": "LoadBalancer"}, [{"ip": "192.0.2.1"}], "Healthy"),
        ("v1 Service", {"type": "ClusterIP"}, [], "Healthy"),
        ("v1 Service", {}, [], "Healthy"),
        ("networking.k8s.io/v1 Ingress", {}, [], "Progressing"),
        ("networking.k8s.io/v1 Ingress", {}, [{"hostname": "front"}], "Healthy"),
        ("extensions/v1beta1 Ingress", {}, [], "Progressing"),
        ("extensions/v1beta1 Ingress", {}, [{"ip": "192.0.2.1"}], "Healthy"),
    ],
)
def test_5_1_service_and_ingress(kind: str, spec: dict[str, Any], addresses: list[Any], expected: HealthCode) -> None:
    assert of(kind, spec=spec, status={"loadBalancer": {"ingress": addresses}}).status == expected


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        ("Bound", "Healthy"),
        ("Pending", "Progressing"),
        ("Lost", "Degraded"),
        ("Odd", "Unknown"),
        (None, "Unknown"),
    ],
)
def test_5_1_persistent_volume_claim(phase: str | None, expected: HealthCode) -> None:
    assert of("v1 PersistentVolumeClaim", status={"phase": phase}).status == expected


def container(**more: Any) -> dict[str, Any]:
    return {"containerStatuses": [{"name": "main", **more}]}


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    return container(state={"waiting": {"reason": reason, "message": message}})


ENDED = container(lastState={"terminated": {"exitCode": 1}})


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"phase": "Pending"} | waiting("ErrImagePull", "no such image"), Health("Degraded", "no such image")),
        (
            {"phase": "Pending"} | waiting("CreateContainerConfigError"),
            Health("Degraded", "CreateContainerConfigError"),
        ),
        ({"phase": "Running"} | waiting("CrashLoopBackOff", "back-off"), Health("Degraded", "back-off")),
        ({"phase": "Pending"} | waiting("ContainerCreating"), Health("Progressing")),
        ({"phase": "Running"} | condition("Ready"), Health("Healthy")),
        ({"phase": "Running"} | condition("Ready", "False") | ENDED, Health("Degraded")),
        ({"phase": "Running"} | condition("Ready", "False"), Health("Progressing")),
        (
            {"phase": "Running", "initContainerStatuses": ENDED["containerStatuses"], **container()},
            Health("Progressing"),
        ),
    ],
)
def test_5_1_a_pod_that_runs_on(status: dict[str, Any], expected: Health) -> None:
    assert of("v1 Pod", spec={"restartPolicy": "Always"}, status=status) == expected
    assert of("v1 Pod", status=status) == expected
    ignoring = {"argocd.argoproj.io/ignore-restart-policy": "true"}
    assert of("v1 Pod", spec={"restartPolicy": "Never"}, status=status, annotations=ignoring) == expected


@pytest.mark.parametrize("policy", ["OnFailure", "Never"])
def test_5_1_a_pod_that_ends_is_progressing_while_it_runs(policy: str) -> None:
    status = {"phase": "Running"} | condition("Ready") | waiting("CrashLoopBackOff")
    assert of("v1 Pod", spec={"restartPolicy": policy}, status=status).status == "Progressing"
    hook = {"argocd.argoproj.io/ignore-restart-policy": "true", "argocd.argoproj.io/hook": "PreSync"}
    assert of("v1 Pod", spec={"restartPolicy": policy}, status=status, annotations=hook).status == "Progressing"


@pytest.mark.parametrize("policy", ["Always", "OnFailure", "Never"])
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"phase": "Pending", "message": "no node"}, Health("Progressing", "no node")),
        ({"phase": "Succeeded"}, Health("Healthy")),
        ({"phase": "Failed", "message": "evicted"}, Health("Degraded", "evicted")),
        (
            {"phase": "Failed"} | container(state={"terminated": {"message": "no disk", "exitCode": 2}}),
            Health("Degraded", "no disk"),
        ),
        (
            {"phase": "Failed"} | container(state={"terminated": {"reason": "OOMKilled", "exitCode": 137}}),
            Health("Degraded", "OOMKilled"),
        ),
        (
            {"phase": "Failed"} | container(state={"terminated": {"exitCode": 3}}),
            Health("Degraded", 'container "main" failed with exit code 3'),
        ),
        ({"phase": "Failed"} | container(state={"terminated": {"exitCode": 0}}), Health("Degraded")),
        ({"phase": "Unknown", "message": "the node is gone"}, Health("Unknown", "the node is gone")),
        ({}, Health("Unknown")),
    ],
)
def test_5_1_a_pod_of_any_kind(policy: str, status: dict[str, Any], expected: Health) -> None:
    assert of("v1 Pod", spec={"restartPolicy": policy}, status=status) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (condition("Failed", message="backoff limit"), Health("Degraded", "backoff limit")),
        (condition("Suspended", message="Job suspended"), Health("Suspended", "Job suspended")),
        (condition("Suspended", "False"), Health("Progressing")),
        (condition("Complete"), Health("Healthy")),
        ({}, Health("Progressing")),
    ],
)
def test_5_1_job(status: dict[str, Any], expected: Health) -> None:
    assert of("batch/v1 Job", status=status) == expected


BAD_SCALING = [
    ("AbleToScale", "FailedGetScale"),
    ("AbleToScale", "FailedUpdateScale"),
    ("ScalingActive", "FailedGetResourceMetric"),
    ("ScalingActive", "FailedGetObjectMetric"),
    ("ScalingActive", "FailedGetPodsMetric"),
    ("ScalingActive", "FailedGetExternalMetric"),
    ("ScalingActive", "FailedComputeMetricsReplicas"),
    ("ScalingActive", "InvalidSelector"),
]


@pytest.mark.parametrize(("kind", "reason"), BAD_SCALING)
def test_5_1_an_autoscaler_that_cannot_is_degraded(kind: str, reason: str) -> None:
    able = {"type": "AbleToScale", "status": "True", "reason": "ReadyForNewScale", "message": "ready"}
    conditions = [able, {"type": kind, "status": "False", "reason": reason, "message": "it cannot"}]
    assert of("autoscaling/v2 HorizontalPodAutoscaler", status={"conditions": conditions}) == ("Degraded", "it cannot")
    annotation = {"autoscaling.alpha.kubernetes.io/conditions": json.dumps(conditions)}
    assert of("autoscaling/v1 HorizontalPodAutoscaler", annotations=annotation) == ("Degraded", "it cannot")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (condition("AbleToScale", message="ready"), Health("Healthy", "ready")),
        (condition("ScalingLimited", message="at most"), Health("Healthy", "at most")),
        (condition("ScalingActive"), Health("Progressing", "Waiting to Autoscale")),
        ({}, Health("Progressing", "Waiting to Autoscale")),
    ],
)
@pytest.mark.parametrize("version", ["v2", "v2beta1", "v2beta2"])
def test_5_1_autoscaler(version: str, status: dict[str, Any], expected: Health) -> None:
    assert of(f"autoscaling/{version} HorizontalPodAutoscaler", status=status) == expected


@pytest.mark.parametrize("annotation", ["{", "[" * 100_000, "7", "[7]"])
def test_5_1_an_autoscaler_with_odd_conditions_is_unknown(annotation: str) -> None:
    annotations = {"autoscaling.alpha.kubernetes.io/conditions": annotation}
    assert of("autoscaling/v1 HorizontalPodAutoscaler", annotations=annotations).status == "Unknown"


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (condition("Available", reason="Passed", message="all well"), Health("Healthy", "Passed: all well")),
        (condition("Available", "False", reason="NoPods", message="none"), Health("Progressing", "NoPods: none")),
        ({}, Health("Progressing", "Waiting to be processed")),
    ],
)
def test_5_1_api_service(version: str, status: dict[str, Any], expected: Health) -> None:
    assert of(f"apiregistration.k8s.io/{version} APIService", status=status) == expected


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        ("", "Progressing"),
        (None, "Progressing"),
        ("Pending", "Progressing"),
        ("Running", "Progressing"),
        ("Succeeded", "Healthy"),
        ("Failed", "Degraded"),
        ("Error", "Degraded"),
        ("Odd", "Unknown"),
    ],
)
def test_5_1_workflow(phase: str | None, expected: HealthCode) -> None:
    found = of("argoproj.io/v1alpha1 Workflow", status={"phase": phase, "message": "so it is"})
    assert found == Health(expected, "so it is")


@pytest.mark.parametrize(
    "kind", ["apps/v1beta1 Deployment", "batch/v2 Job", "v2 Pod", "autoscaling/v3 HorizontalPodAutoscaler"]
)
def test_5_1_an_unsupported_version_is_unknown(kind: str) -> None:
    found = of(kind)
    assert found.status == "Unknown"
    assert kind.partition(" ")[0] in found.message


def test_5_1_any_object_that_is_being_deleted_is_progressing() -> None:
    for kind in ("apps/v1 Deployment", "v1 ConfigMap", "example.org/v1 Widget"):
        assert of(kind, deletionTimestamp="2025-01-01T00:00:00Z") == Health("Progressing", "Pending deletion")


def test_5_1_a_hook_that_holds_its_own_deletion_is_judged() -> None:
    metadata: dict[str, Any] = {
        "deletionTimestamp": "2025-01-01T00:00:00Z",
        "finalizers": ["argocd.argoproj.io/hook-finalizer"],
    }
    assert of("batch/v1 Job", status=condition("Complete"), **metadata) == Health("Healthy")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["True", "Running"]),
    lambda values: (
        st.lists(values, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "status", "reason", "replicas", "state", "waiting"]), values, max_size=4
        )
    ),
    max_leaves=10,
)
fields = st.sampled_from(
    ["conditions", "phase", "replicas", "containerStatuses", "loadBalancer", "observedGeneration", "updateStrategy"]
)


@settings(max_examples=100, deadline=None)
@given(
    spec=json_values | st.dictionaries(fields, json_values),
    status=json_values | st.dictionaries(fields, json_values),
    generation=json_values,
)
def test_no_status_is_an_error(spec: Any, status: Any, generation: Any) -> None:
    for kind, (_, versions) in health.TABLE.items():
        for version in versions:
            found = health.assess(
                {
                    "apiVersion": f"{kind.group}/{version}".lstrip("/"),
                    "kind": kind.kind,
                    "metadata": {"name": "example", "generation": generation},
                    "spec": spec,
                    "status": status,
                }
            )
            assert found is not None
            assert isinstance(found.message, str)


@pytest.mark.parametrize("metadata", ["a", 7, [], {"deletionTimestamp": True, "finalizers": 7}])
def test_no_metadata_is_an_error(metadata: Any) -> None:
    health.assess({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata})
    health.assess(
        {"apiVersion": "example.org/v1", "kind": "Widget", "metadata": metadata, "status": {"phase": "Failed"}}
    )
