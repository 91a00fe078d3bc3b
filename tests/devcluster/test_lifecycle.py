"""How a control plane is started, found, ended and cleaned up after: `devcluster up | status | down`."""

import os
import signal
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import yaml

PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Devcluster:
    """The program, and the state directory that it is called for."""

    program: Path
    state: Path

    def __call__(self, verb: str, *flags: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command with that environment."""
        command = [str(self.program), verb, "--state", str(self.state), *flags]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def pid(self, name: str) -> int:
        """The process id that a pid file holds, or the lock file for the supervisor's."""
        return int((self.state / name).read_text())

    def processes(self) -> set[int]:
        """Every process that is called with the state directory or runs in it."""
        return {int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and self.owns(entry)}

    def owns(self, process: Path) -> bool:
        """Whether one process is of this control plane; one that has just ended is not."""
        try:
            arguments = (process / "cmdline").read_bytes().decode(errors="replace")
            return str(self.state) in arguments or (process / "cwd").readlink() == self.state
        except OSError:
            return False


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def config_of(kubeconfig: Path) -> dict:
    return yaml.safe_load(kubeconfig.read_text())


def server_of(kubeconfig: Path) -> str:
    return config_of(kubeconfig)["clusters"][0]["cluster"]["server"]


def token_of(kubeconfig: Path) -> str:
    return config_of(kubeconfig)["users"][0]["user"]["token"]


@pytest.fixture
def devcluster(devcluster_program: Path, tmp_path: Path) -> Iterator[Devcluster]:
    """A state directory that is not there yet; whatever a test leaves running is ended."""
    devcluster = Devcluster(devcluster_program, tmp_path / "state")
    yield devcluster
    devcluster("down")


@pytest.fixture(scope="module")
def assets(devcluster_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for KUBEBUILDER_ASSETS with a scheduler that leaves a trace of having been started."""
    folder = tmp_path_factory.mktemp("assets")
    scheduler = folder / "kube-scheduler"
    scheduler.write_text(f'#!/bin/sh\ntouch {folder}/used\nexec {devcluster_program} kube-scheduler "$@"\n')
    scheduler.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def running(
    devcluster_program: Path, tmp_path_factory: pytest.TempPathFactory, assets: Path
) -> Iterator[tuple[Devcluster, Path]]:
    """A running control plane of one node, and its kubeconfig."""
    devcluster = Devcluster(devcluster_program, tmp_path_factory.mktemp("running") / "state")
    try:
        started = devcluster("up", "--nodes", "1", KUBECONFIG="/nonexistent", KUBEBUILDER_ASSETS=str(assets))
        assert started.returncode == 0, started.stderr
        [line] = started.stdout.splitlines()
        yield devcluster, Path(line)
    finally:
        devcluster("down")


def test_its_kubeconfig_is_private_and_leads_to_loopback(running):
    devcluster, kubeconfig = running
    assert kubeconfig.stat().st_mode & 0o077 == 0
    assert devcluster.state.stat().st_mode & 0o077 == 0
    assert server_of(kubeconfig).startswith("https://127.0.0.1:")


def test_its_server_is_not_trusted_without_the_authority_in_the_kubeconfig(running):
    _, kubeconfig = running
    with httpx2.Client(trust_env=False) as client, pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY"):
        client.get(f"{server_of(kubeconfig)}/livez")


def test_nothing_of_it_listens_beyond_loopback(running):
    devcluster, _ = running
    sockets = {
        link.readlink().name
        for pid in devcluster.processes()
        for link in Path(f"/proc/{pid}/fd").iterdir()
        if os.path.lexists(link)
    }
    listening = [
        columns[1]
        for family in ("tcp", "tcp6")
        for columns in map(str.split, Path(f"/proc/net/{family}").read_text().splitlines()[1:])
        if columns[3] == "0A" and f"socket:[{columns[9]}]" in sockets
    ]
    assert [address.partition(":")[0] for address in listening] == ["0100007F"]


def test_status_names_every_process(running):
    devcluster, kubeconfig = running
    told = devcluster("status")
    assert told.returncode == 0
    assert str(kubeconfig) in told.stdout
    for component in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"):
        assert component in told.stdout
    for pid_file in devcluster.state.glob("**/*.pid"):
        assert pid_file.read_text() in told.stdout


def test_no_secret_is_in_an_argument_or_an_environment(running):
    devcluster, kubeconfig = running
    for pid in devcluster.processes():
        for part in ("cmdline", "environ"):
            assert token_of(kubeconfig).encode() not in Path(f"/proc/{pid}/{part}").read_bytes()


def test_components_found_in_kubebuilder_assets_are_used(running, assets):
    assert running
    assert (assets / "used").exists()


def test_the_environment_of_the_caller_does_not_reach_the_components(running):
    devcluster, _ = running
    environment = Path(f"/proc/{devcluster.pid('devcluster/kube-apiserver.pid')}/environ").read_text()
    assert environment.rstrip("\0").split("\0") == [f"HOME={devcluster.state}"]


def test_started_again_with_the_same_options_it_is_the_same(running):
    devcluster, kubeconfig = running
    token = token_of(kubeconfig)
    again = devcluster("up", "--nodes", "1")
    assert (again.returncode, again.stdout) == (0, f"{kubeconfig}\n")
    assert token_of(kubeconfig) == token


def test_started_again_with_other_options_it_says_so(running):
    devcluster, _ = running
    again = devcluster("up", "--nodes", "2")
    assert again.returncode == 1
    assert "other options" in again.stderr
    assert again.stdout == ""


@pytest.mark.parametrize("component", ["devcluster/kube-apiserver", "etcd"])
def test_a_component_that_dies_is_started_again(running, component):
    devcluster, kubeconfig = running
    pid_file = f"{component}.pid"
    killed = devcluster.pid(pid_file)
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: devcluster.pid(pid_file) != killed)
    context = ssl.create_default_context(cafile=str(devcluster.state / "devcluster" / "ca.crt"))
    bearer = {"Authorization": f"Bearer {token_of(kubeconfig)}"}

    def is_ready() -> bool:
        try:
            return httpx2.get(f"{server_of(kubeconfig)}/readyz", verify=context, headers=bearer).status_code == 200
        except httpx2.TransportError:
            return False

    assert eventually(is_ready)


def test_down_leaves_no_process_and_no_file(devcluster):
    assert devcluster("up", "--nodes", "1").returncode == 0
    assert len(devcluster.processes()) == 6
    assert devcluster("down").returncode == 0
    assert devcluster.processes() == set()
    assert not devcluster.state.exists()


def test_after_a_crash_nothing_is_left_running_and_a_new_start_has_a_new_token(devcluster):
    first = Path(devcluster("up", "--nodes", "1").stdout.strip())
    token = token_of(first)
    os.kill(devcluster.pid("devcluster.lock"), signal.SIGKILL)
    assert eventually(lambda: devcluster.processes() == set())
    assert devcluster("status").returncode == 1

    second = Path(devcluster("up", "--nodes", "1").stdout.strip())
    assert token_of(second) != token


def test_it_ends_with_its_owner(devcluster):
    with subprocess.Popen(["sleep", "infinity"]) as owner:
        try:
            started = devcluster("up", "--nodes", "1", "--owner-pid", str(owner.pid))
        finally:
            owner.kill()
    assert started.returncode == 0, started.stderr
    assert eventually(lambda: not devcluster.state.exists())
    assert eventually(lambda: devcluster.processes() == set())


def test_only_processes_of_its_own_are_cleaned_up(devcluster):
    devcluster.state.mkdir()
    (devcluster.state / "devcluster.lock").touch()
    with (
        subprocess.Popen(["sleep", "infinity"], cwd=devcluster.state) as ours,
        subprocess.Popen(["sleep", "infinity"], cwd="/") as reused,
    ):
        try:
            (devcluster.state / "etcd.pid").write_text(str(ours.pid))
            (devcluster.state / "kwok.pid").write_text(str(reused.pid))
            cleaned = devcluster("down")
            assert cleaned.returncode == 0, cleaned.stderr
            assert ours.wait() == -signal.SIGKILL
            assert reused.poll() is None
        finally:
            reused.kill()
            ours.kill()
    assert not devcluster.state.exists()


def test_where_nothing_runs_down_is_content_and_status_is_not(devcluster):
    assert devcluster("down").returncode == 0
    told = devcluster("status")
    assert (told.returncode, told.stdout) == (1, f"not running in {devcluster.state}\n")


@pytest.mark.parametrize("verb", ["up", "down", "status"])
def test_a_directory_with_something_else_in_it_is_left_alone(devcluster, verb):
    devcluster.state.mkdir()
    (devcluster.state / "thesis.txt").write_text("years of work")
    refused = devcluster(verb)
    assert refused.returncode == 1
    assert "was not made by devcluster" in refused.stderr
    assert (devcluster.state / "thesis.txt").read_text() == "years of work"


def test_a_start_that_fails_says_why_and_leaves_nothing(devcluster, tmp_path):
    broken = tmp_path / "assets"
    broken.mkdir()
    (broken / "kube-apiserver").write_text("#!/bin/sh\necho this API server is broken\nexit 3\n")
    (broken / "kube-apiserver").chmod(0o755)
    started = devcluster("up", KUBEBUILDER_ASSETS=str(broken))
    assert (started.returncode, started.stdout) == (1, "")
    assert "devcluster/kube-apiserver ended while starting (exit status 3)" in started.stderr
    assert "this API server is broken" in started.stderr
    assert eventually(lambda: devcluster.processes() == set())
    assert not devcluster.state.exists()


def test_an_interrupted_start_leaves_nothing(devcluster, tmp_path):
    slow = tmp_path / "assets"
    slow.mkdir()
    (slow / "etcd").write_text("#!/bin/sh\nexec sleep infinity\n")
    (slow / "etcd").chmod(0o755)
    command = [str(devcluster.program), "up", "--state", str(devcluster.state)]
    with subprocess.Popen(
        command, env={"KUBEBUILDER_ASSETS": str(slow)}, stderr=subprocess.PIPE, text=True
    ) as starting:
        assert starting.stderr is not None
        starting.stderr.readline()
        starting.send_signal(signal.SIGINT)
        assert starting.wait() == 1
    assert eventually(lambda: devcluster.processes() == set())
    assert not devcluster.state.exists()
