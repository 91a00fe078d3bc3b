"""The whole of Argosy on the real control plane, started once for all journeys, as the demo starts it.

A control plane has one controller: the journeys run in one process (`make test-journeys`), beside all other tests.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tools" / "demo"))

from doors import Rest, by_command_line, by_kubectl, manifest, path_of  # noqa: E402
from stack import Stack, commit  # noqa: E402

PATIENCE = 40.0


@dataclass
class World:
    """The running stack with a signed-in client, kubectl, and the means to wait and to change the repository."""

    stack: Stack
    rest: Rest
    kubectl_path: str
    log: list[str]

    @property
    def url(self) -> str:
        return self.stack.url

    @property
    def password(self) -> str:
        return self.stack.password

    def application(self, name: str, **changes: Any) -> dict[str, Any]:
        """Return the guestbook application under another name and namespace; `changes` go into its spec."""
        made = manifest("guestbook", self.stack)
        made["metadata"]["name"] = name
        made["spec"]["destination"]["namespace"] = name
        made["spec"] |= changes
        return made

    def create(self, name: str, **changes: Any) -> dict[str, Any]:
        made = self.application(name, **changes)
        self.rest.create(made)
        return made

    def get(self, name: str) -> dict[str, Any]:
        answer = self.rest.client.get(f"/api/v1/applications/{name}")
        answer.raise_for_status()
        return answer.json()

    def exists(self, name: str) -> bool:
        return name in self.rest.states()

    def wait(self, what: Callable[[], Any], *, message: str = "it did not happen") -> Any:
        """Wait until something is so, and return it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if found := what():
                return found
            time.sleep(0.2)
        tail = "\n".join(self.log[-40:])
        pytest.fail(f"{message} within {PATIENCE:g} s; the log ends with\n{tail}")

    def wait_for(self, name: str, sync: str, health: str | None = None) -> dict[str, Any]:
        """Wait for an application's state."""

        def reached() -> dict[str, Any] | None:
            status = (found := self.get(name)).get("status", {})
            state = status.get("sync", {}).get("status"), status.get("health", {}).get("status")
            return found if state[0] == sync and health in (None, state[1]) else None

        return self.wait(reached, message=f"{name} did not become {sync} {health or ''}")

    def kubectl(self, *arguments: str, check: bool = True) -> str:
        command = [self.kubectl_path, "--kubeconfig", str(self.stack.kubeconfig), *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    def apply(self, application: dict[str, Any]) -> None:
        by_kubectl(self.stack, self.kubectl_path, application)

    def argosy(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        return by_command_line(self.stack, *arguments, check=check)

    def edit(self, path: str, text: str | None, message: str = "Change") -> str:
        """Write (or with None remove) a file of the served repository and commit; return the commit."""
        file = self.stack.repository / path
        if text is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return commit(self.stack.repository, message)

    def delete(self, name: str) -> None:
        self.rest.client.delete(f"/api/v1/applications/{name}").raise_for_status()
        self.wait(lambda: not self.exists(name), message=f"{name} did not go away")


@contextmanager
def running(kubeconfig: Path, folder: Path) -> Iterator[World]:
    """Run the stack against a cluster, sign in, and look for commits every second."""
    log: list[str] = []
    stack = Stack(kubeconfig, folder, note=log.append)
    try:
        stack.start()
        rest = Rest.sign_in(stack)
        made = World(stack, rest, path_of("kubectl"), log)
        timers = '{"data": {"timeout.reconciliation": "1s", "timeout.reconciliation.jitter": "0s"}}'
        made.kubectl("-n", "argocd", "patch", "configmap", "argocd-cm", "--type=merge", "-p", timers)
        address = stack.url.removeprefix("http://")
        made.argosy("login", address, "--plaintext", "--username=admin", f"--password={stack.password}")
        yield made
        rest.client.close()
    finally:
        stack.stop()


@pytest.fixture(scope="session")
def world(control_plane: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The stack on the control plane of this run."""
    with running(control_plane.kubeconfig, tmp_path_factory.mktemp("stack")) as made:
        yield made


@pytest.fixture(scope="session")
def run_stack() -> Callable[[Path, Path], AbstractContextManager[World]]:
    """Return what runs the stack, for a module with a cluster of its own."""
    return running


@dataclass(frozen=True)
class OwnCluster:
    """A control plane that a test may break."""

    kubeconfig: Path
    state: Path

    def pid_of(self, component: str) -> int:
        """Return the process of one of its components."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and (command := _command(entry)) and component in command:
                inside = (entry / "cwd").resolve()
                if self.state in (inside, *inside.parents):
                    return int(entry.name)
        raise AssertionError(f"{component} is not running")


def _command(process: Path) -> list[str]:
    try:
        return (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


@pytest.fixture(scope="module")
def own_cluster(devcluster_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnCluster]:
    """A control plane of this module alone."""
    state = tmp_path_factory.mktemp("own") / "cluster"
    command = [str(devcluster_program), "up", "--state", str(state), "--owner-pid", str(os.getpid())]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    yield OwnCluster(Path(printed.splitlines()[0]), state)
    subprocess.run([str(devcluster_program), "down", "--state", str(state)], check=True)


@pytest.fixture(scope="session")
def stack(world: World) -> Stack:
    """Return the stack, for journeys that need its address and password only."""
    return world.stack
