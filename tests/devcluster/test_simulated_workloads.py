"""What becomes of objects on the control plane: real controllers and a real scheduler, simulated nodes and pods."""

from datetime import datetime
from typing import Any

import pytest

Manifest = dict[str, Any]


def template(*, annotations: dict[str, str] | None = None, **spec: Any) -> Manifest:
    return {
        "metadata": {"labels": {"app": "it"}, "annotations": annotations or {}},
        "spec": {"containers": [{"name": "main", "image": "example/it:1"}], **spec},
    }


def workload(kind: str, pods: Manifest, **spec: Any) -> Manifest:
    selector = {"matchLabels": {"app": "it"}}
    return {"kind": kind, "metadata": {"name": "it"}, "spec": {"selector": selector, "template": pods, **spec}}


def job(pods: Manifest) -> Manifest:
    return {"kind": "Job", "metadata": {"name": "it"}, "spec": {"template": pods, "backoffLimit": 0}}


def behaving(behaviour: str, **spec: Any) -> Manifest:
    return template(annotations={"devcluster/behaviour": behaviour}, **spec)


def disk_is(value: str) -> Manifest:
    term = {"matchExpressions": [{"key": "disktype", "operator": "In", "values": [value]}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    return {"nodeAffinity": required}


def conditions(manifest: Manifest) -> dict[str, str]:
    return {condition["type"]: condition["status"] for condition in manifest.get("status", {}).get("conditions", [])}


def phase_is(phase: str):
    return lambda objects: bool(objects) and all(item["status"].get("phase") == phase for item in objects)


def condition_is(name: str, status: str = "True"):
    return lambda objects: bool(objects) and all(conditions(item).get(name) == status for item in objects)


def waits_because(reason: str):
    def condition(pods: list[Manifest]) -> bool:
        states = [status["state"] for pod in pods for status in pod["status"].get("containerStatuses", [])]
        return bool(states) and all(state.get("waiting", {}).get("reason") == reason for state in states)

    return condition


def has_address(objects: list[Manifest]) -> bool:
    return all(item["status"]["loadBalancer"].get("ingress") for item in objects)


def test_a_deployment_becomes_available(place):
    place.create(workload("Deployment", template(), replicas=3))
    place.until("Deployment", condition_is("Available"))
    pods = place.all("Pod")
    assert len({pod["status"]["podIP"] for pod in pods}) == 3
    assert all(status["ready"] for pod in pods for status in pod["status"]["containerStatuses"])


def test_init_containers_and_sidecars_have_run(place):
    setup = {"name": "setup", "image": "example/setup:1"}
    sidecar = {"name": "proxy", "image": "example/proxy:1", "restartPolicy": "Always"}
    place.create(workload("Deployment", template(initContainers=[setup, sidecar])))
    place.until("Deployment", condition_is("Available"))
    states = {status["name"]: status["state"] for status in place.all("Pod")[0]["status"]["initContainerStatuses"]}
    assert states["setup"]["terminated"]["exitCode"] == 0
    assert "running" in states["proxy"]


def test_a_crash_looping_pod_runs_and_is_restarted(place):
    place.create(workload("Deployment", behaving("crash-loop")))
    [pod] = place.until("Pod", waits_because("CrashLoopBackOff"))
    assert pod["status"]["phase"] == "Running"
    assert pod["status"]["containerStatuses"][0]["restartCount"] > 0
    assert pod["status"]["containerStatuses"][0]["lastState"]["terminated"]["exitCode"] == 1


def test_an_image_that_cannot_be_pulled_keeps_a_pod_pending(place):
    place.create(workload("Deployment", behaving("image-pull-error")))
    [pod] = place.until("Pod", waits_because("ImagePullBackOff"))
    assert pod["status"]["phase"] == "Pending"


def test_a_pod_that_is_never_ready_runs(place):
    place.create(workload("Deployment", behaving("never-ready")))
    [pod] = place.until("Pod", phase_is("Running"))
    assert conditions(pod)["Ready"] == "False"
    assert "running" in pod["status"]["containerStatuses"][0]["state"]
    assert place.until("Deployment", condition_is("Available", "False"))


def test_a_job_completes(place):
    place.create(job(template(restartPolicy="Never")))
    [finished] = place.until("Job", condition_is("Complete"))
    assert finished["status"]["succeeded"] == 1


@pytest.mark.parametrize("policy", ["Never", "OnFailure"])
def test_a_job_that_fails_is_failed(place, policy):
    place.create(job(behaving("job-fails", restartPolicy=policy)))
    [finished] = place.until("Job", condition_is("Failed"))
    assert finished["status"].get("succeeded", 0) == 0


def test_a_pod_of_its_own_that_is_not_restarted_succeeds(place):
    pod = template(restartPolicy="Never")
    place.create({**pod, "kind": "Pod", "metadata": {"name": "it"}})
    place.until("Pod", phase_is("Succeeded"))


def test_a_start_can_be_delayed(place):
    place.create(workload("Deployment", template(annotations={"devcluster/start-delay": "2s"})))
    [pod] = place.until("Pod", condition_is("Ready"))
    since = {
        condition["type"]: datetime.fromisoformat(condition["lastTransitionTime"])
        for condition in pod["status"]["conditions"]
    }
    assert (since["Ready"] - since["PodScheduled"]).total_seconds() >= 1


def test_a_deleted_pod_goes_away_and_is_replaced(place):
    place.create(workload("Deployment", template()))
    [first] = place.until("Pod", condition_is("Ready"))
    gone = first["metadata"]["name"]
    place.delete("Pod", gone)
    place.until("Pod", lambda pods: [pod["metadata"]["name"] == gone for pod in pods] == [False])


def test_claims_of_a_stateful_set_are_bound_and_their_volumes_go_with_them(place):
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    templates = [{"metadata": {"name": "data"}, "spec": claim}]
    place.create(workload("StatefulSet", template(), replicas=2, serviceName="it", volumeClaimTemplates=templates))
    place.until("StatefulSet", lambda found: found[0]["status"].get("readyReplicas") == 2)
    claims = place.until("PersistentVolumeClaim", phase_is("Bound"))
    assert [item["status"]["capacity"]["storage"] for item in claims] == ["1Gi", "1Gi"]

    place.delete("StatefulSet", "it")
    for item in claims:
        place.delete("PersistentVolumeClaim", item["metadata"]["name"])
    volumes = {item["spec"]["volumeName"] for item in claims}
    place.until("PersistentVolume", lambda left: volumes.isdisjoint(item["metadata"]["name"] for item in left))


def test_load_balancers_get_addresses_of_their_own(place):
    for name in ("one", "two"):
        spec = {"type": "LoadBalancer", "ports": [{"port": 80}]}
        place.create({"kind": "Service", "metadata": {"name": name}, "spec": spec})
    services = place.until("Service", has_address)
    assert len({service["status"]["loadBalancer"]["ingress"][0]["ip"] for service in services}) == 2


def test_an_ingress_gets_an_address(place):
    backend = {"service": {"name": "it", "port": {"number": 80}}}
    place.create({"kind": "Ingress", "metadata": {"name": "it"}, "spec": {"defaultBackend": backend}})
    place.until("Ingress", has_address)


def test_nodes_differ_by_zone_and_disk(place):
    nodes = place.client.get("/api/v1/nodes").json()["items"]
    labels = [node["metadata"]["labels"] for node in nodes]
    assert [label["topology.kubernetes.io/zone"] for label in labels] == ["a", "b", "c"]
    assert [label["disktype"] for label in labels] == ["ssd", "hdd", "ssd"]
    version = place.client.get("/version").json()["gitVersion"]
    assert all(node["status"]["nodeInfo"]["kubeletVersion"] == version for node in nodes)


def test_pods_go_where_node_affinity_says(place):
    place.create(workload("Deployment", template(affinity=disk_is("hdd")), replicas=4))
    place.until("Deployment", condition_is("Available"))
    assert {pod["spec"]["nodeName"] for pod in place.all("Pod")} == {"node-2"}


def test_pods_that_fit_no_node_stay_pending(place):
    place.create(workload("Deployment", template(affinity=disk_is("tape"))))
    [pod] = place.until("Pod", condition_is("PodScheduled", "False"))
    assert pod["status"]["phase"] == "Pending"
    assert pod["status"]["conditions"][0]["reason"] == "Unschedulable"
