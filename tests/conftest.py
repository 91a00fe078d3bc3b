"""What all tests share: the real control plane, a second cluster, and a namespace of one's own.

One control plane serves a whole run, all its workers included: the first test that asks for it starts it. It belongs
to the process that the run was started as, and ends by itself when that ends, whichever way (Ctrl-C and kill -9 too).
"""

import base64
import fcntl
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
import structlog
import yaml
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.definitions"]

# How long an example takes says more of the machine than of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Cluster:
    """One cluster of the control plane, and how to reach it as its administrator."""

    kubeconfig: Path
    context: str
    server: str
    token: str = field(repr=False)
    certificate_authority: str = field(repr=False)

    def client(self) -> httpx2.Client:
        """Return an HTTP client for its API server, to be used in a `with` statement."""
        return httpx2.Client(
            base_url=self.server,
            headers={"Authorization": f"Bearer {self.token}"},
            verify=ssl.create_default_context(cadata=self.certificate_authority),
            trust_env=False,
        )


@dataclass(frozen=True)
class ControlPlane:
    """The running control plane: its main cluster, the second one if a test of this run wants it."""

    program: Path
    state: Path
    clusters: tuple[Cluster, ...]

    @property
    def kubeconfig(self) -> Path:
        """The kubeconfig of the main cluster."""
        return self.clusters[0].kubeconfig

    @property
    def main(self) -> Cluster:
        """The main cluster."""
        return self.clusters[0]


def read_kubeconfig(path: Path) -> Cluster:
    """Return the cluster that a kubeconfig written by devcluster leads to."""
    config = yaml.safe_load(path.read_text())
    cluster = config["clusters"][0]["cluster"]
    return Cluster(
        kubeconfig=path,
        context=config["current-context"],
        server=cluster["server"],
        token=config["users"][0]["user"]["token"],
        certificate_authority=base64.b64decode(cluster["certificate-authority-data"]).decode(),
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make it impossible for any test to reach a cluster of the person who runs it."""
    os.environ.pop("KUBECONFIG", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that needs the control plane, so that `-m 'not cluster'` leaves them out."""
    for item in items:
        if "devcluster_program" in getattr(item, "fixturenames", ()):
            item.add_marker("cluster")


@pytest.fixture(autouse=True)
def logging_of_its_own() -> Iterator[None]:
    """Undo what a test made of the log: it would go on writing to a file of that test, which is closed by then."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def devcluster_program() -> Path:
    """The built tools/devcluster, from the cache unless its sources have changed."""
    command = [sys.executable, "tools/build/go_program.py", "devcluster"]
    return Path(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())


@pytest.fixture(scope="session")
def control_plane(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, devcluster_program: Path
) -> ControlPlane:
    """The control plane of this run, ready; started if no test of any worker has asked for it before."""
    base = tmp_path_factory.getbasetemp()
    is_worker = hasattr(request.config, "workerinput")
    shared, owner = (base.parent, os.getppid()) if is_worker else (base, os.getpid())
    state = shared / "devcluster"
    command = [str(devcluster_program), "up", "--state", str(state), "--owner-pid", str(owner)]
    if any("second_cluster" in getattr(item, "fixturenames", ()) for item in request.session.items):
        command.append("--second-cluster")
    with (shared / "devcluster.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    clusters = tuple(read_kubeconfig(Path(line)) for line in printed.splitlines())
    return ControlPlane(program=devcluster_program, state=state, clusters=clusters)


@pytest.fixture(scope="session")
def second_cluster(control_plane: ControlPlane) -> Cluster:
    """A second, separate cluster of the same control plane."""
    return control_plane.clusters[1]


@pytest.fixture
def namespace(control_plane: ControlPlane) -> Iterator[str]:
    """A new namespace in the main cluster, in which pods can be created; deleted afterwards, without waiting."""
    with control_plane.main.client() as client:
        created = client.post("/api/v1/namespaces", json={"metadata": {"generateName": "test-"}}).raise_for_status()
        name = created.json()["metadata"]["name"]
        try:
            await_service_account(client, name)
            yield name
        finally:
            client.delete(f"/api/v1/namespaces/{name}").raise_for_status()


def await_service_account(client: httpx2.Client, namespace: str) -> None:
    """Wait for the account that a pod needs; a controller makes it in each new namespace, a moment later."""
    deadline = time.monotonic() + 30
    while client.get(f"/api/v1/namespaces/{namespace}/serviceaccounts/default").status_code == 404:
        assert time.monotonic() < deadline, f"namespace {namespace} got no default service account"
        time.sleep(0.02)
