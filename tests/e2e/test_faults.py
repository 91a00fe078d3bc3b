"""Processes and the control plane die and come back; nothing is lost, nothing is deleted, each sync ends once."""

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

CONFIG = """apiVersion: v1
kind: ConfigMap
metadata: {{name: c{number}, annotations: {{argocd.argoproj.io/sync-wave: "{number}"}}}}
"""
AUTOMATED = {"automated": {"prune": True, "selfHeal": True}, "syncOptions": ["CreateNamespace=true"]}
NEVER_READY = """apiVersion: apps/v1
kind: Deployment
metadata: {name: slow}
spec:
  selector: {matchLabels: {app: slow}}
  template:
    metadata: {labels: {app: slow}, annotations: {devcluster/behaviour: never-ready}}
    spec: {containers: [{name: c, image: nginx}]}
"""


def source(world: Any, path: str) -> dict[str, str]:
    return {"repoURL": world.stack.repository_url, "path": path, "targetRevision": "HEAD"}


def pid_of(world: Any, module: str) -> int:
    """Return the process of this stack that runs a module, by the socket folder or state that it was given."""
    state = str(world.stack.folder / "state")
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().split(b"\0")
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        if module.encode() in command and f"ARGOSY_STATE_DIR={state}\0".encode() in environment:
            return int(entry.name)
    raise AssertionError(f"{module} is not running")


def kill(world: Any, module: str) -> None:
    """Kill a process and wait until another has taken its place."""
    before = pid_of(world, module)
    os.kill(before, signal.SIGKILL)
    world.wait(lambda: _other_than(world, module, before), message=f"{module} was not started again")


def _other_than(world: Any, module: str, before: int) -> bool:
    try:
        return pid_of(world, module) != before
    except AssertionError:
        return False


def operation(world: Any, name: str) -> dict[str, Any]:
    return world.get(name).get("status", {}).get("operationState", {})


def test_a_sync_goes_on_where_a_killed_controller_left_it_and_ends_once(world: Any) -> None:
    world.edit("survives/0.yaml", NEVER_READY)
    for number in (1, 2):
        world.edit(f"survives/{number}.yaml", CONFIG.format(number=number))
    # Without self-heal, which would put back at once what the test changes below.
    policy = {**AUTOMATED, "automated": {"prune": True}}
    world.create("survives", source=source(world, "survives"), syncPolicy=policy)
    world.wait(lambda: "waiting for healthy state" in operation(world, "survives").get("message", ""))
    started = operation(world, "survives")["startedAt"]
    kill(world, "app_controller")
    patch = '[{"op": "remove", "path": "/spec/template/metadata/annotations"}]'
    world.kubectl("-n", "survives", "patch", "deploy", "slow", "--type=json", "-p", patch)
    done = world.wait(lambda: (state := operation(world, "survives")).get("phase") == "Succeeded" and state)
    assert done["startedAt"] == started
    assert len(world.get("survives")["status"]["history"]) == 1
    assert world.kubectl("-n", "survives", "get", "cm", "c2", "-o", "name")
    world.delete("survives")


def test_a_killed_repo_server_is_waited_for(world: Any) -> None:
    world.edit("renders/a.yaml", CONFIG.format(number=0))
    world.create("renders", source=source(world, "renders"), syncPolicy=AUTOMATED)
    world.wait_for("renders", "Synced", "Healthy")
    kill(world, "repo_server")
    world.edit("renders/b.yaml", CONFIG.format(number=1))
    world.wait(lambda: world.kubectl("-n", "renders", "get", "cm", "c1", "-o", "name", "--ignore-not-found"))
    assert world.wait_for("renders", "Synced", "Healthy")["status"].get("conditions") in (None, [])
    world.delete("renders")


def test_a_killed_api_server_keeps_its_sessions(world: Any) -> None:
    kill(world, "api_server")
    world.wait(lambda: _answers(world), message="the API server did not come back")
    assert world.rest.client.get("/api/v1/session/userinfo").json()["loggedIn"]


def _answers(world: Any) -> bool:
    import httpx2

    try:
        return world.rest.client.get("/healthz").status_code == 200
    except httpx2.TransportError:
        return False


def test_terminating_ends_a_sync_that_waits(world: Any) -> None:
    world.edit("hangs/0.yaml", NEVER_READY)
    world.edit("hangs/1.yaml", CONFIG.format(number=1))
    world.create("hangs", source=source(world, "hangs"), syncPolicy=AUTOMATED)
    world.wait(lambda: "waiting for healthy state" in operation(world, "hangs").get("message", ""))
    world.argosy("app", "terminate-op", "hangs")
    done = world.wait(lambda: (state := operation(world, "hangs")).get("phase") == "Failed" and state)
    assert done["message"] == "Operation terminated"
    world.delete("hangs")


def test_a_kubeconfig_of_the_environment_is_never_used(world: Any) -> None:
    """The demo's helper starts everything without it, whatever it says."""
    environment = {**os.environ, "KUBECONFIG": "/nonexistent/kubeconfig"}
    from stack import ROOT, Child

    child = Child(["/usr/bin/env"], note=lambda _: None, environment=environment)
    child.start()
    assert child.process is not None
    child.process.wait()
    seen = []
    while (line := child.lines.get(timeout=10)) is not None:
        seen.append(line)
    assert not [line for line in seen if line.startswith("KUBECONFIG=")]
    shown = subprocess.run(
        ["make", "-n", "demo"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert "nonexistent" not in shown.stdout
