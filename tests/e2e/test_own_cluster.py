"""What happens to a cluster that others control, or that goes away while Argosy runs: on a control plane of its own."""

import os
import signal
import subprocess
import sys
from typing import Any

import pytest
import yaml

CONTROLLER = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: argocd-application-controller, labels: {app.kubernetes.io/name: argocd-application-controller}}
spec:
  serviceName: x
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: nginx}]}}
"""
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n"
AUTOMATED = {"automated": {"prune": True, "selfHeal": True}, "syncOptions": ["CreateNamespace=true"]}


def kubectl(own_cluster: Any, *arguments: str, text: str = "") -> str:
    from doors import path_of

    command = [path_of("kubectl"), "--kubeconfig", str(own_cluster.kubeconfig), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, input=text).stdout


def up(own_cluster: Any, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `argosy up` where it is expected to refuse."""
    command = [sys.executable, "-m", "argosy.cli", "up", "--kubeconfig", str(own_cluster.kubeconfig), *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


def test_a_cluster_with_argo_cds_controller_is_refused(own_cluster: Any) -> None:
    kubectl(own_cluster, "create", "namespace", "theirs")
    kubectl(own_cluster, "-n", "theirs", "apply", "-f", "-", text=CONTROLLER)
    refused = up(own_cluster)
    assert refused.returncode == 20
    assert "Argo CD's application controller" in refused.stderr
    assert "--adopt" in refused.stderr
    assert "argocd" not in kubectl(own_cluster, "get", "namespaces", "-o", "name")
    kubectl(own_cluster, "-n", "theirs", "delete", "sts", "argocd-application-controller")


def test_somebody_elses_accounts_are_refused(own_cluster: Any) -> None:
    kubectl(own_cluster, "create", "namespace", "accounts")
    kubectl(
        own_cluster, "-n", "accounts", "create", "secret", "generic", "argocd-secret", "--from-literal=admin.password=x"
    )
    refused = up(own_cluster, "--namespace", "accounts")
    assert refused.returncode == 20
    assert "accounts/argocd-secret was not made by Argosy" in refused.stderr
    kept = kubectl(own_cluster, "-n", "accounts", "get", "secret", "argocd-secret", "-o", "yaml")
    assert list(yaml.safe_load(kept)["data"]) == ["admin.password"]


def test_a_kubeconfig_that_cannot_be_used_is_named(own_cluster: Any, tmp_path: Any) -> None:
    missing = subprocess.run(
        [sys.executable, "-m", "argosy.cli", "up", "--kubeconfig", str(tmp_path / "none")],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert missing.returncode == 20
    assert str(tmp_path / "none") in missing.stderr


@pytest.fixture(scope="module")
def world(own_cluster: Any, run_stack: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with run_stack(own_cluster.kubeconfig, tmp_path_factory.mktemp("stack")) as made:
        yield made


def source(world: Any, path: str) -> dict[str, str]:
    return {"repoURL": world.stack.repository_url, "path": path, "targetRevision": "HEAD"}


def test_a_control_plane_that_dies_and_comes_back_loses_nothing(own_cluster: Any, world: Any) -> None:
    world.edit("lives/a.yaml", CONFIG.format(name="a"))
    world.create("lives", source=source(world, "lives"), syncPolicy=AUTOMATED)
    world.wait_for("lives", "Synced", "Healthy")
    uid = world.kubectl("-n", "lives", "get", "cm", "a", "-o", "jsonpath={.metadata.uid}")
    os.kill(own_cluster.pid_of("kube-apiserver"), signal.SIGKILL)
    world.edit("lives/b.yaml", CONFIG.format(name="b"))
    world.wait(lambda: world.kubectl("-n", "lives", "get", "cm", "b", "-o", "name", "--ignore-not-found", check=False))
    world.wait_for("lives", "Synced", "Healthy")
    assert world.kubectl("-n", "lives", "get", "cm", "a", "-o", "jsonpath={.metadata.uid}") == uid
    assert world.get("lives")["status"].get("conditions") in (None, [])


def test_a_second_start_keeps_the_password_and_the_settings(own_cluster: Any, world: Any) -> None:
    secret = kubectl(own_cluster, "-n", "argocd", "get", "secret", "argocd-secret", "-o", "yaml")
    world.stack.stop()
    first = world.stack.password
    world.stack.start()
    assert world.stack.password == first
    again = kubectl(own_cluster, "-n", "argocd", "get", "secret", "argocd-secret", "-o", "yaml")
    assert yaml.safe_load(again)["data"] == yaml.safe_load(secret)["data"]
    shown = kubectl(own_cluster, "-n", "argocd", "get", "cm", "argocd-cm", "-o", "yaml")
    assert yaml.safe_load(shown)["data"]["timeout.reconciliation"] == "1s"
