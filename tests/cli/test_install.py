"""`argosy up --install-only` on the real control plane: what the containers' set-up service runs."""

import base64
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bcrypt
import pytest


@pytest.fixture
def place(control_plane: Any) -> Iterator[str]:
    """A control namespace that does not exist yet."""
    name = f"install-{secrets.token_hex(3)}"
    yield name
    with control_plane.main.client() as client:
        client.delete(f"/api/v1/namespaces/{name}")


def install(kubeconfig: Path, namespace: str, *words: str) -> str:
    """Run the command, and return what it says."""
    command = [sys.executable, "-m", "argosy.cli", "up", "--install-only"]
    where = ["--kubeconfig", str(kubeconfig), "--namespace", namespace]
    return subprocess.run([*command, *where, *words], capture_output=True, text=True, check=True).stdout


def test_it_makes_the_cluster_ready_once_and_says_the_password_each_time(control_plane: Any, place: str) -> None:
    said = install(control_plane.kubeconfig, place)
    password = next(line for line in said.splitlines() if line.startswith("password: ")).removeprefix("password: ")
    with control_plane.main.client() as client:
        base = f"/api/v1/namespaces/{place}"
        accounts = client.get(f"{base}/secrets/argocd-secret").raise_for_status().json()
        client.get(f"{base}/configmaps/argocd-cm").raise_for_status()
        client.get(f"/apis/argoproj.io/v1alpha1/namespaces/{place}/appprojects/default").raise_for_status()
        hashed = base64.b64decode(accounts["data"]["admin.password"])
        assert bcrypt.checkpw(password.encode(), hashed)

        assert f"password: {password}" in install(control_plane.kubeconfig, place)
        again = client.get(f"{base}/secrets/argocd-secret").raise_for_status().json()
        assert again["metadata"]["resourceVersion"] == accounts["metadata"]["resourceVersion"]


def test_what_an_adopted_installation_says_of_its_objects_does_not_change(control_plane: Any, place: str) -> None:
    with control_plane.main.client() as client:
        base = f"/api/v1/namespaces/{place}"
        client.post("/api/v1/namespaces", json={"metadata": {"name": place}}).raise_for_status()
        secret = {"metadata": {"name": "argocd-secret"}, "data": {"server.secretkey": "eA=="}}
        client.post(f"{base}/secrets", json=secret).raise_for_status()
        said = {"metadata": {"name": "argocd-cm"}, "data": {"url": "https://a", "argosy.health.generic": "true"}}
        client.post(f"{base}/configmaps", json=said).raise_for_status()

        install(control_plane.kubeconfig, place, "--adopt")
        once = client.get(f"{base}/configmaps/argocd-cm").raise_for_status().json()
        assert once["data"] == {**said["data"], "argosy.ignoreDifferences.shipped": "false"}
        install(control_plane.kubeconfig, place, "--adopt")
        again = client.get(f"{base}/configmaps/argocd-cm").raise_for_status().json()
        assert again["metadata"]["resourceVersion"] == once["metadata"]["resourceVersion"]


def test_what_a_new_installation_says_of_its_objects_is_ours(control_plane: Any, place: str) -> None:
    install(control_plane.kubeconfig, place, "--adopt")
    with control_plane.main.client() as client:
        said = client.get(f"/api/v1/namespaces/{place}/configmaps/argocd-cm").raise_for_status().json()
    assert not [key for key in said["data"] if key.startswith("argosy.")]
