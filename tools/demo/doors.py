"""Create applications through the three doors: REST, the command line, kubectl. Used by the demo and its tests."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import yaml
from stack import EXAMPLES, ROOT, Stack


@dataclass
class Rest:
    """A signed-in client of the REST API."""

    client: httpx2.Client

    @classmethod
    def sign_in(cls, stack: Stack) -> "Rest":
        """Sign in as admin."""
        client = httpx2.Client(base_url=stack.url, timeout=30, headers={"Content-Type": "application/json"})
        answer = client.post("/api/v1/session", json={"username": "admin", "password": stack.password})
        answer.raise_for_status()
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return cls(client)

    def create(self, application: Mapping[str, Any], *, upsert: bool = False) -> None:
        """Create an application, or with `upsert` bring it up to date."""
        answer = self.client.post("/api/v1/applications", params={"upsert": upsert}, json=application)
        if answer.is_error:
            raise RuntimeError(f"creating {application['metadata']['name']}: {answer.text}")

    def states(self) -> dict[str, tuple[str, str]]:
        """Return sync and health of every application."""
        answer = self.client.get("/api/v1/applications")
        answer.raise_for_status()
        return {
            item["metadata"]["name"]: (
                item.get("status", {}).get("sync", {}).get("status", "Unknown"),
                item.get("status", {}).get("health", {}).get("status", "Unknown"),
            )
            for item in answer.json().get("items") or []
        }


def manifest(name: str, stack: Stack) -> dict[str, Any]:
    """Return one of the example applications with the addresses filled in."""
    text = (EXAMPLES / "applications" / f"{name}.yaml").read_text()
    text = text.replace("REPOSITORY", stack.repository_url).replace("CHARTS", stack.charts_url)
    made: dict[str, Any] = yaml.safe_load(text)
    made["metadata"]["namespace"] = stack.namespace
    return made


def by_command_line(stack: Stack, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
    """Run `argosy` as a user would, with a configuration of its own."""
    environment = {**os.environ, "ARGOSY_CONFIG_DIR": str(stack.folder), "ARGOCD_CONFIG_DIR": str(stack.folder)}
    environment.pop("KUBECONFIG", None)
    command = [sys.executable, "-m", "argosy.cli", "--config", str(stack.folder / "cli-config"), *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, check=check, capture_output=True, text=True)


def by_kubectl(stack: Stack, kubectl: str, application: Mapping[str, Any]) -> None:
    """`kubectl apply` an application."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(dict(application), file)
        file.flush()
        subprocess.run(
            [kubectl, "--kubeconfig", str(stack.kubeconfig), "apply", "-f", file.name], check=True, capture_output=True
        )


def create_all(stack: Stack, kubectl: str) -> Rest:
    """Create the four example applications, each through its door; those of an earlier demo are brought up to date."""
    rest = Rest.sign_in(stack)
    rest.create(manifest("guestbook", stack), upsert=True)
    by_command_line(
        stack, "login", f"127.0.0.1:{stack.port}", "--plaintext", "--username", "admin", "--password", stack.password
    )
    for name in ("orders", "storefront"):
        file = stack.folder / f"{name}.yaml"
        file.write_text(yaml.safe_dump(manifest(name, stack)))
        by_command_line(stack, "app", "create", "--upsert", "-f", str(file))
    by_kubectl(stack, kubectl, manifest("ledger", stack))
    return rest


def wait_until_settled(
    rest: Rest, names: Iterable[str], *, within: float, note: Callable[[str], None]
) -> dict[str, tuple[str, str]]:
    """Wait until all are Synced and Healthy; return the last states seen."""
    wanted, seen = set(names), dict[str, tuple[str, str]]()
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        states = {name: state for name, state in rest.states().items() if name in wanted}
        for name, state in states.items():
            if seen.get(name) != state:
                note(f"  {name:<12} {state[0]:<10} {state[1]}")
        seen = states
        if wanted == set(states) and set(states.values()) == {("Synced", "Healthy")}:
            break
        time.sleep(0.3)
    return seen


def path_of(tool: str) -> str:
    """Return the path of a tool that `tools/build` finds or installs, as kubectl."""
    return _last_line(ROOT / "tools" / "build" / f"{tool}.py")


def built(folder: str) -> str:
    """Return the path of one of our Go programs, built if it is not."""
    return _last_line(ROOT / "tools" / "build" / "go_program.py", str(ROOT / folder))


def _last_line(script: Path, *arguments: str) -> str:
    found = subprocess.run([sys.executable, str(script), *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return found.stdout.strip().splitlines()[-1]
